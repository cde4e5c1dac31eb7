import PluginAPI

/// What a cell was measured on, as named facts: whatever differs between two cells may be why their numbers do.
enum EnvironmentFacts {
    /// The facts of a cell.
    ///
    /// - Parameters:
    ///   - experiment: Its experiment.
    ///   - image: What the hosts booted from.
    ///   - hosts: The hosts; none when they were never built.
    ///   - spec: The cluster's configuration.
    ///   - result: What was measured; of an import nothing else is known.
    /// - Returns: Values by name.
    static func of(
        _ experiment: Experiment,
        image: MachineImage?,
        hosts: [Host],
        spec: ClusterSpec?,
        result: BenchmarkResult? = nil
    ) -> [String: String] {
        if experiment.source == .imported {
            var facts = ["source": Provenance.Source.imported.rawValue]
            facts["driver"] = result?.driver
            facts["benchmark"] = result?.provenance?.generation.rawValue
            return facts
        }
        var facts = [
            "labhost": experiment.labhostVersion,
            "provisioner": experiment.provisioner.id,
            "executor": experiment.executor.id,
            "runner": experiment.runner.id,
            "simulated": experiment.isSimulated ? "yes" : "no",
        ]
        facts["region"] = experiment.cloud.region
        facts["image.id"] = image?.id
        facts["image.name"] = image?.name
        facts["pulsar"] = image?.pulsarVersion
        facts["driver.hash"] = experiment.driver.flatMap(hash)
        facts.merge(instances(of: hosts, or: spec)) { first, _ in first }
        if let spec { facts.merge(configuration(of: spec)) { first, _ in first } }
        return facts
    }

    /// What the hosts are; the specification counts where there are none.
    private static func instances(of hosts: [Host], or spec: ClusterSpec?) -> [String: String] {
        guard !hosts.isEmpty else {
            return (spec?.components ?? [:]).reduce(into: [:]) { facts, component in
                facts["instances.\(component.key)"] = "\(component.value.count) × \(component.value.instanceType)"
            }
        }
        return Dictionary(grouping: hosts, by: \.component).reduce(into: [:]) { facts, component in
            let kinds = Dictionary(grouping: component.value) { $0.instanceType + ($0.isSpot ? ", spot" : "") }
            facts["instances.\(component.key)"] = kinds.sorted { $0.key < $1.key }
                .map { "\($0.value.count) × \($0.key)" }.joined(separator: " + ")
        }
    }

    private static func configuration(of spec: ClusterSpec) -> [String: String] {
        var facts: [String: String] = [:]
        for (name, component) in spec.components {
            facts["heap.\(name)"] = component.heap
            facts["direct_memory.\(name)"] = component.directMemory
            facts["storage.\(name)"] = component.storage.map(text)
        }
        for (file, settings) in spec.settings {
            for (key, value) in settings { facts["\(file).\(key)"] = speaksOfSecrets(key) ? masked(value) : value }
        }
        facts["configuration.hash"] = hash(spec.settings)
        return facts
    }

    private static func text(of volume: VolumeSpec) -> String {
        var text = "\(volume.type) \(volume.sizeGB) GB"
        if let iops = volume.iops { text += ", \(iops) IOPS" }
        if let throughput = volume.throughputMBps { text += ", \(throughput) MB/s" }
        return text
    }

    /// Enough to see that it has changed.
    private static func masked(_ value: String) -> String { "hidden, \(StableHash(value).hexadecimal.prefix(8))" }

    private static func speaksOfSecrets(_ key: String) -> Bool {
        let key = key.lowercased()
        return ["password", "token", "secret", "credential"].contains { key.contains($0) }
    }

    private static func hash(_ value: some Encodable) -> String? {
        guard let content = try? JSONCoding.encode(value) else { return nil }
        var hash = StableHash()
        hash.combine(content)
        return hash.hexadecimal
    }
}
