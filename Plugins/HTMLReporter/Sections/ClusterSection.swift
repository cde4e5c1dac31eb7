import PluginAPI

/// What was measured: hosts, disks, memory and settings of every cluster.
struct ClusterSection {
    let model: ReportModel

    /// The most clusters and configurations that are listed.
    static let most = 20

    var section: PageSection? {
        let clusters = model.record.clusters
        guard !clusters.isEmpty else { return nil }
        let rest = clusters.count - Self.most
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more clusters are in results.json.</p>" : HTML()
        return PageSection(
            id: "cluster",
            title: clusters.count == 1 ? "The cluster" : "The clusters",
            content: "\(clusters.prefix(Self.most).enumerated().html(cluster))\(more)"
        )
    }

    private func cluster(_ index: Int, _ cluster: ClusterRecord) -> HTML {
        guard let spec = cluster.configurations.first else { return HTML() }
        let title: HTML = model.record.clusters.count > 1 ? "<h3>Cluster \(index + 1)</h3>" : HTML()
        let rows = spec.components.sorted { $0.key < $1.key }.map { name, component in
            let hosts = cluster.hosts.filter { $0.component == name }
            let types = Set(hosts.map(\.instanceType)).sorted().joined(separator: ", ")
            let zones = Set(hosts.compactMap(\.availabilityZone)).sorted().joined(separator: ", ")
            return [
                name, Numbers.whole(component.count), types.isEmpty ? component.instanceType : types,
                component.heap ?? Numbers.unknown, component.directMemory ?? Numbers.unknown,
                component.storage.map(Self.text) ?? Numbers.unknown, zones.isEmpty ? Numbers.unknown : zones,
            ]
        }
        let heads = ["component", "hosts", "instance type", "heap", "direct memory", "disk", "zone"]
        let purchase: HTML = spec.spot == nil ? HTML() : "<p>Spot instances.</p>"
        let never: HTML = cluster.hosts.isEmpty ? "<p class=\"note\">It was never built.</p>" : HTML()
        return
            "\(title)\(DataTable(heads: heads, rows: rows, textColumns: 5).html)\(purchase)\(never)\(settings(of: cluster))"
    }

    /// The settings that all configurations share, and those that set them apart.
    private func settings(of cluster: ClusterRecord) -> HTML {
        var rows: [[String]] = []
        for (index, spec) in cluster.configurations.prefix(Self.most).enumerated() {
            for (file, values) in spec.settings.sorted(by: { $0.key < $1.key }) {
                for (key, value) in values.sorted(by: { $0.key < $1.key }) {
                    rows.append(["\(index + 1)", file, key, value])
                }
            }
        }
        guard !rows.isEmpty else { return HTML() }
        let heads = ["configuration", "file", "setting", "value"]
        return DataTable(heads: heads, rows: rows, textColumns: 3).folded("Settings that differ from Pulsar's own")
    }

    private static func text(_ volume: VolumeSpec) -> String {
        let iops = volume.iops.map { ", \(Figures.grouped($0)) IOPS" } ?? ""
        let throughput = volume.throughputMBps.map { ", \(Figures.grouped($0)) MiB/s" } ?? ""
        return "\(volume.type) \(Figures.grouped(volume.sizeGB)) GiB\(iops)\(throughput)"
    }
}
