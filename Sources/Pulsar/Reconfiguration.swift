import PluginAPI

/// Turns a running cluster into another one on the same hosts.
///
/// Only what differs is written, always from the image's own file, so that a setting which the new cluster does not have
/// returns to what the image ships. A component that changed is restarted, and so are those that depend on it: what is
/// measured then begins with services that are equally fresh.
struct Reconfiguration {
    let old: PulsarLayout?
    let new: PulsarLayout
    let hosts: [Host]
    /// Where the hosts' folders begin; tests put them elsewhere.
    var root = ""

    /// The stages: ZooKeeper one by one, so that its quorum holds; then all bookies; then all brokers; then the clients'
    /// driver file.
    var stages: [ReconfigurationStage] {
        var stages: [ReconfigurationStage] = []
        var isRestarting = false
        for component in [PulsarComponent.zookeeper, .bookkeeper, .broker] {
            isRestarting = isRestarting || changes(component)
            guard isRestarting else { continue }
            let places = hosts.filter { $0.component == component.rawValue }
            let script = script(for: component)
            if component == .zookeeper {
                stages += places.map { stage("restart \($0.name)", [$0], script) }
            } else {
                stages.append(stage("restart \(component.rawValue)s", places, script))
            }
        }
        let clients = hosts.filter { $0.component == PulsarComponent.client.rawValue }
        if !clients.isEmpty, old.map(driver) != driver(new) {
            stages.append(stage("write the driver file", clients, driverScript))
        }
        return stages.filter { !$0.hosts.isEmpty }
    }

    /// What of a configuration cannot change on hosts that hold data, or that others know them by.
    static func fixedSettings(_ settings: [String: [String: String]]) -> [String: [String: String]] {
        let fixed: [String: Set<String>] = [
            "zookeeper": ["dataDir", "dataLogDir"],
            "bookkeeper": [
                "journalDirectory", "journalDirectories", "ledgerDirectories", "indexDirectories", "metadataServiceUri",
                "zkLedgersRootPath", "advertisedAddress", "useHostNameAsBookieID",
            ],
        ]
        let ports = Set(PulsarLayout.Port.all.map(\.key))
        return settings.reduce(into: [:]) { kept, section in
            let own = section.value.filter { ports.contains($0.key) || fixed[section.key]?.contains($0.key) ?? false }
            if !own.isEmpty { kept[section.key] = own }
        }
    }

    private func changes(_ component: PulsarComponent) -> Bool {
        guard let old else { return true }
        return settings(component, old) != settings(component, new) || memory(component, old) != memory(component, new)
    }

    private func memory(_ component: PulsarComponent, _ layout: PulsarLayout) -> String {
        let spec = layout.spec.components[component.rawValue]
        return JVMMemory.options(heap: spec?.heap, directMemory: spec?.directMemory)
    }

    private static let ownAddress = "advertisedAddress"

    /// The settings that all hosts of a component share, as lines.
    private func settings(_ component: PulsarComponent, _ layout: PulsarLayout) -> [String] {
        guard let place = layout.places.first(where: { $0.component == component }) else { return [] }
        return ConfigurationFiles(layout: layout).settings(for: place)
            .filter { $0.key != Self.ownAddress }.map { "\($0.key)=\($0.value)" }
    }

    private func driver(_ layout: PulsarLayout) -> String {
        DriverFile.text(layout: layout, brokers: layout.addresses(of: .broker))
    }

    private func stage(_ name: String, _ hosts: [Host], _ script: String) -> ReconfigurationStage {
        let comment = "reconfigure: \(name)"
        return ReconfigurationStage(
            name: name,
            hosts: hosts,
            script: Script(script, timeout: .seconds(300), comment: comment)
        )
    }

    private func script(for component: PulsarComponent) -> String {
        let settings = Shell.document(settings(component, new).joined(separator: "\n"))
        let isZooKeeper = component == .zookeeper
        let address = isZooKeeper ? "" : "\nprintf '%s\\n' \"\(Self.ownAddress)=$PRIVATE_ADDRESS\""
        let wait = isZooKeeper ? "\npatiently 120 'ZooKeeper does not answer' zookeeper_answers" : ""
        return """
            \(begin)
            MEMORY=\(Shell.quoted(memory(component, new)))
            configure \(component.rawValue).conf < <(
            cat \(settings)\(address)
            )
            serve\(wait)

            """
    }

    private var driverScript: String {
        "\(begin)\ndrive \(Shell.quoted(DriverFile.path)) \(Shell.document(driver(new)))\n"
    }

    /// What the boot script's functions need; what the host is, it knows itself.
    private var begin: String {
        """
        #!/bin/bash
        set -Eeuo pipefail
        ROOT=\(Shell.quoted(root))
        # shellcheck source=/dev/null
        . "$ROOT/opt/labhost/host.env"
        \(BootFunctions.text)
        fail() { trap - ERR; printf '%s\\n' "$1" >&2; exit 1; }
        trap 'fail "line $LINENO: $BASH_COMMAND: exit status $?"' ERR
        """
    }
}
