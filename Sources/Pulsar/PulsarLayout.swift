import PluginAPI

/// Everything about a cluster that follows from its specification: names, addresses, ports, quorums and settings.
struct PulsarLayout {
    /// One host's place in the cluster.
    struct Place {
        var component: PulsarComponent
        var number: Int
        var name: String
        var address: String
    }

    let spec: ClusterSpec
    let quorums: Quorums
    let places: [Place]

    /// Where the data of ZooKeeper and of bookies is on their hosts, below Pulsar's own directory.
    static let home = "/opt/pulsar"

    /// - Throws: ``LabError`` with code `invalidPlan` when the specification has faults.
    init(_ spec: ClusterSpec) throws {
        let faults = SpecReview(spec).faults
        guard faults.isEmpty, let subnet = IPv4Range(spec.network.subnetCIDR),
            let quorums = Quorums(
                bookies: spec.components["bookkeeper"]?.count ?? 0,
                settings: spec.settings["broker"] ?? [:]
            )
        else {
            let cause = faults.map { "\($0.path): \($0.message)" }.joined(separator: "\n")
            throw LabError(.invalidPlan, "the plan describes no cluster that can be built", cause: cause)
        }
        self.spec = spec
        self.quorums = quorums
        let addresses = AddressPlan(subnet: subnet)
        places = PulsarComponent.allCases.flatMap { component in
            (0..<(spec.components[component.rawValue]?.count ?? 0)).map { index in
                Place(
                    component: component,
                    number: index + 1,
                    name: "\(component.rawValue)-\(index + 1)",
                    address: addresses.address(of: component, number: index + 1)
                )
            }
        }
    }

    /// The addresses of a component's hosts, in order.
    func addresses(of component: PulsarComponent) -> [String] {
        places.filter { $0.component == component }.map(\.address)
    }

    /// The port that a component's health is judged by, as the plan may have moved it.
    func port(_ port: Port) -> String { spec.settings[port.section]?[port.key] ?? port.standard }

    /// The `address:port` of every ZooKeeper.
    func zookeepers(separator: String) -> String {
        addresses(of: .zookeeper).map { "\($0):\(port(.zookeeper))" }.joined(separator: separator)
    }

    /// What clients use to publish and consume, with every broker: no broker is a single point of failure.
    func serviceURL(_ brokers: [String]) -> String {
        "pulsar://" + brokers.map { "\($0):\(port(.broker))" }.joined(separator: ",")
    }

    /// What clients use to administer.
    func httpURL(_ brokers: [String]) -> String {
        "http://" + brokers.map { "\($0):\(port(.brokerHTTP))" }.joined(separator: ",")
    }

    /// A port that a plan may move through its settings.
    struct Port {
        var section: String
        var key: String
        var standard: String

        static let zookeeper = Port(section: "zookeeper", key: "clientPort", standard: "2181")
        static let bookie = Port(section: "bookkeeper", key: "bookiePort", standard: "3181")
        static let broker = Port(section: "broker", key: "brokerServicePort", standard: "6650")
        static let brokerHTTP = Port(section: "broker", key: "webServicePort", standard: "8080")
        static let all = [zookeeper, bookie, broker, brokerHTTP]

    }
}
