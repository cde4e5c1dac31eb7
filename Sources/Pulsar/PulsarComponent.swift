/// A part of a Pulsar cluster, each on hosts of its own.
enum PulsarComponent: String, CaseIterable {
    case zookeeper, bookkeeper, broker, client

    /// The systemd service that does the component's work; a client has none.
    var service: String? {
        switch self {
        case .zookeeper: "zookeeper"
        case .bookkeeper: "bookkeeper"
        case .broker: "pulsar-broker"
        case .client: nil
        }
    }

    /// The counts that make sense. ZooKeeper's is odd too: an even ensemble survives no more failures than one less.
    var counts: ClosedRange<Int> { self == .zookeeper ? 1...7 : 1...200 }

    /// The configuration file's section of the plan; nil when the component has no such file.
    var section: String? { self == .client ? nil : rawValue }
}
