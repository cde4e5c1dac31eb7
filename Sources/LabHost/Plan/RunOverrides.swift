import Document
import PluginAPI

/// What one run changes of the cluster, as values to put into the plan.
struct RunOverrides {
    /// The values, and where they go.
    var values: [PlanOverride] = []

    /// Reads a run's `infrastructure_overrides` and `pulsar_config_overrides`.
    init(_ run: Node) {
        let components = PlanSchema.clusterKeys.map(\.name)
        for entry in run["infrastructure_overrides"]?.written ?? [] {
            if components.contains(entry.key) {
                addAll(entry.value, below: PlanPath() / "cluster" / entry.key)
            } else if let (component, key) = Self.split(entry.key, components) {
                addAll(entry.value, below: PlanPath() / "cluster" / component / key)
            }
        }
        for entry in run["pulsar_config_overrides"]?.written ?? [] {
            if PlanSchema.configurationFiles.contains(entry.key), entry.value.mapping != nil {
                addAll(entry.value, below: PlanPath() / "pulsar" / entry.key)
            } else if let (component, key) = Self.split(entry.key, components), let memory = Self.memory[key] {
                values.append(PlanOverride(PlanPath() / "cluster" / component / memory, entry.value))
            } else {
                let path = PlanPath() / "pulsar" / "broker" / Self.configurationKey(entry.key)
                values.append(PlanOverride(path, entry.value))
            }
        }
    }

    /// What the settings of the JVM are called beside those of a configuration file.
    private static let memory = [
        "heap": "heap", "heap_size": "heap", "direct_memory": "direct_memory", "direct_memory_size": "direct_memory",
    ]

    private mutating func addAll(_ node: Node, below path: PlanPath) {
        guard node.mapping != nil else { return values.append(PlanOverride(path, node)) }
        for entry in node.written { addAll(entry.value, below: path / entry.key) }
    }

    private static func split(_ key: String, _ components: [String]) -> (component: String, key: String)? {
        for component in components where key.hasPrefix("\(component)_") {
            return (component, String(key.dropFirst(component.count + 1)))
        }
        return nil
    }

    /// A key as broker.conf spells it: `managed_ledger_cache_size_mb` is `managedLedgerCacheSizeMB`.
    static func configurationKey(_ key: String) -> String {
        guard key.contains("_"), key == key.lowercased() else { return key }
        let words = key.split(separator: "_").map(String.init)
        let units = ["mb": "MB", "gb": "GB", "url": "Url", "tls": "Tls"]
        return (words.first ?? "")
            + words.dropFirst().map { units[$0] ?? $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }
}

extension Node {
    /// The entries that say something: a null counts as left out.
    fileprivate var written: [Mapping.Entry] { mapping?.entries.filter { !$0.value.isNull } ?? [] }
}
