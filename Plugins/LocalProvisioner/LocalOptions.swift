public import PluginAPI

/// The options of ``LocalProvisioner``.
public struct LocalOptions: PluginOptions {
    /// What is started on this machine.
    public enum Start: String, Sendable, Decodable, CaseIterable {
        /// Pulsar in one process.
        case standalone
        /// ZooKeeper, bookies and brokers, each a process.
        case components
        /// Nothing: what the plan's `driver` connects to is there already.
        case nothing
    }

    /// What is started.
    public var start: Start
    /// Where Pulsar is installed; nil takes `PULSAR_HOME`.
    public var pulsarHome: String?

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "start",
            .oneOf(Start.allCases.map(\.rawValue)),
            "Pulsar in one process, each component in a process of its own, or nothing, for a `driver` that connects to "
                + "something that runs already.",
            default: "standalone"
        ),
        Schema.Key(
            "pulsar_home",
            .string(pattern: "/.+", what: "an absolute path"),
            "Where Pulsar 2.11 or later is installed; without it, PULSAR_HOME says so."
        ),
    ]

    /// Makes options.
    public init(start: Start = .standalone, pulsarHome: String? = nil) {
        self.start = start
        self.pulsarHome = pulsarHome
    }

    /// Reads options, each with its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        start = try container.decodeIfPresent(Start.self, forKey: .start) ?? .standalone
        pulsarHome = try container.decodeIfPresent(String.self, forKey: .pulsarHome)
    }

    private enum CodingKeys: String, CodingKey {
        case start
        case pulsarHome = "pulsar_home"
    }
}
