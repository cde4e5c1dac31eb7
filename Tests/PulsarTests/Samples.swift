import PluginAPI

@testable import Pulsar

/// The cluster of most tests: 3 ZooKeepers, 3 bookies, 2 brokers, 1 client.
func sampleSpec(
    name: String = "labhost",
    counts: [String: Int] = ["zookeeper": 3, "bookkeeper": 3, "broker": 2, "client": 1],
    subnet: String = "10.0.1.0/24",
    settings: [String: [String: String]] = [:]
) -> ClusterSpec {
    ClusterSpec(
        name: name,
        components: counts.reduce(into: [:]) { components, entry in
            components[entry.key] = ClusterSpec.Component(
                count: entry.value,
                instanceType: "t3.small",
                heap: entry.key == "client" ? nil : "512M",
                directMemory: entry.key == "broker" ? "256M" : nil,
                storage: entry.key == "bookkeeper" ? VolumeSpec(type: "gp3", sizeGB: 50) : nil
            )
        },
        network: NetworkSpec(vpcCIDR: "10.0.0.0/16", subnetCIDR: subnet),
        settings: settings
    )
}

extension PulsarSystem {
    /// The paths at which a specification has faults.
    func paths(of spec: ClusterSpec) -> [String] { faults(in: spec).map(\.path) }
}
