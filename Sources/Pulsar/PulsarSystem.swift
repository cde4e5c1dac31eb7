public import PluginAPI

/// Apache Pulsar as a system under test: ZooKeeper, BookKeeper, brokers, and the clients that load them.
///
/// Hosts boot from an image that carries Pulsar in /opt/pulsar, systemd templates in /opt/pulsar-templates/systemd, and
/// OpenMessaging Benchmark. All that is particular to a cluster is in each host's boot script.
public struct PulsarSystem: SystemUnderTest {
    /// Makes the system; it has no state.
    public init() {}

    /// The faults of a specification: unknown components, sizes, quorums, addresses, settings.
    public func faults(in spec: ClusterSpec) -> [SpecFault] { SpecReview(spec).faults }

    /// The hosts by component and number: `zookeeper-1`, …, `bookkeeper-1`, …, `broker-1`, …, `client-1`, ….
    public func hosts(for spec: ClusterSpec, lifetime: HostLifetime) throws -> [HostSpec] {
        let layout = try PulsarLayout(spec)
        let script = BootScript(layout: layout, expiry: HostExpiry(lifetime: lifetime))
        return try layout.places.map { place in
            guard let component = spec.components[place.component.rawValue] else {
                throw LabError(.invalidPlan, "cluster.\(place.component.rawValue) is missing")
            }
            let text = script.text(for: place)
            guard text.utf8.count <= BootScript.limit else {
                throw LabError(
                    .invalidPlan,
                    "the boot script of \(place.name) is \(text.utf8.count) bytes long; EC2 takes \(BootScript.limit)",
                    hint: "fewer settings in pulsar.\(place.component.rawValue), or set them in the image"
                )
            }
            return HostSpec(
                name: place.name,
                component: place.component.rawValue,
                instanceType: component.instanceType,
                privateAddress: place.address,
                userData: text,
                dataVolume: place.component == .bookkeeper ? component.storage : nil
            )
        }
    }

    /// The script that arms a host's timer again.
    public func renewal(of lifetime: HostLifetime) -> Script? {
        Script(HostExpiry(lifetime: lifetime).renewal, isRepeatable: true)
    }

    /// What turns a running cluster into another one on the same hosts.
    public func reconfiguration(
        from old: ClusterSpec?,
        to new: ClusterSpec,
        on hosts: [Host]
    ) throws -> [ReconfigurationStage] {
        guard old != new else { return [] }
        return try Reconfiguration(old: old.map(PulsarLayout.init), new: PulsarLayout(new), hosts: hosts).stages
    }

    /// All but memory and those settings that can change under a service's data.
    public func infrastructure(of spec: ClusterSpec) -> ClusterSpec {
        var hosts = spec.infrastructure
        hosts.settings = Reconfiguration.fixedSettings(spec.settings)
        return hosts
    }

    /// The cluster on hosts that exist: its health check, its driver file and what clients connect to.
    public func cluster(for spec: ClusterSpec, on hosts: [Host]) throws -> Cluster {
        let layout = try PulsarLayout(spec)
        let brokers = hosts.filter { $0.component == PulsarComponent.broker.rawValue }.map(\.privateAddress)
        guard !brokers.isEmpty else {
            throw LabError(.failed, "none of the \(hosts.count) hosts is a broker: clients have nothing to connect to")
        }
        return Cluster(
            hosts: hosts,
            health: HealthCheck(script: HealthScript.text, stages: HealthScript.stages),
            driver: DriverFile.text(layout: layout, brokers: brokers),
            driverPath: DriverFile.path,
            endpoints: ["serviceUrl": layout.serviceURL(brokers), "httpUrl": layout.httpURL(brokers)]
        )
    }
}
