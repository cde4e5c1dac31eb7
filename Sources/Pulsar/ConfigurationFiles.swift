import PluginAPI

/// The settings that a host's configuration file must have, beyond what the image ships.
struct ConfigurationFiles {
    let layout: PulsarLayout

    /// The settings for one host, in a stable order: what the cluster needs, then the plan's own, which win.
    func settings(for place: PulsarLayout.Place) -> [(key: String, value: String)] {
        guard let section = place.component.section else { return [] }
        let own = layout.spec.settings[section] ?? [:]
        let generated = generated(for: place).filter { own[$0.key] == nil }
        return generated + own.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    }

    /// Where ZooKeeper keeps its data, and expects the file that tells it its number.
    var zookeeperDirectory: String {
        let directory = layout.spec.settings["zookeeper"]?["dataDir"] ?? "data/zookeeper"
        return directory.hasPrefix("/") ? directory : "\(PulsarLayout.home)/\(directory)"
    }

    private var journalDirectories: String {
        let own = layout.spec.settings["bookkeeper"] ?? [:]
        return own["journalDirectories"] ?? own["journalDirectory"] ?? "\(PulsarLayout.home)/data/bookkeeper/journal"
    }

    private func generated(for place: PulsarLayout.Place) -> [(key: String, value: String)] {
        let zookeepers = layout.zookeepers(separator: ",")
        switch place.component {
        case .zookeeper:
            let servers = layout.addresses(of: .zookeeper)
            return [("dataDir", zookeeperDirectory), ("clientPort", layout.port(.zookeeper))]
                // A single server runs standalone, and complains about a list of one.
                + (servers.count == 1 ? [] : servers.enumerated().map { ("server.\($0 + 1)", "\($1):2888:3888") })
        case .bookkeeper:
            return [
                ("advertisedAddress", place.address),
                // `zk+null` takes the ledger layout that the cluster's initialisation wrote. The servers are separated
                // by semicolons, because BookKeeper reads a comma as the end of the value.
                ("metadataServiceUri", "zk+null://\(layout.zookeepers(separator: ";"))/ledgers"),
                ("zkServers", zookeepers),
                // The second is the older name, which only counts where the first is absent; images ship either.
                ("journalDirectories", journalDirectories),
                ("journalDirectory", journalDirectories),
                ("ledgerDirectories", "\(PulsarLayout.home)/data/bookkeeper/ledgers"),
            ]
        case .broker:
            return [
                ("clusterName", layout.spec.name),
                ("advertisedAddress", place.address),
                ("metadataStoreUrl", "zk:\(zookeepers)"),
                ("configurationMetadataStoreUrl", "zk:\(zookeepers)"),
            ] + layout.quorums.settings
        case .client:
            return []
        }
    }
}
