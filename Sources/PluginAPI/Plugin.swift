/// A unit of work that a plan selects for one phase.
///
/// Conform to one of the phase protocols: ``ImageBuilder``, ``Provisioner``, ``Executor``, ``BenchmarkRunner``,
/// ``MetricsCollector`` or ``Reporter``. A plugin knows nothing of the other plugins, of the journal's file or of the console: it is given
/// values and a ``PluginContext``, and gives values back. It is idempotent, because the engine may do a step again
/// after a crash.
///
/// ```swift
/// struct QuietReporter: Reporter {
///     static let descriptor = PluginDescriptor(id: "quiet", phase: .report, summary: "Writes nothing")
///     init(options: NoOptions, context: PluginContext) {}
///     func report(_ record: ExperimentRecord) async throws -> [ReportFile] { [] }
/// }
/// ```
public protocol Plugin: Sendable {
    /// The shape of the plugin's `options:` in a plan.
    associatedtype Options: PluginOptions = NoOptions

    /// What the plugin says about itself.
    static var descriptor: PluginDescriptor { get }

    /// Makes the plugin. It must not touch the outside world.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/invalidPlan`` when options contradict each other.
    init(options: Options, context: PluginContext) throws
}

/// A plugin's options: decoded from the plan after they were checked against the schema.
public protocol PluginOptions: Decodable, Sendable {
    /// The keys that the options may have.
    static var schema: [Schema.Key] { get }
}

/// The options of a plugin that takes none.
public struct NoOptions: PluginOptions {
    /// No keys.
    public static let schema: [Schema.Key] = []

    /// Makes the empty options.
    public init() {}
}

/// The phase of an experiment that a plugin serves.
public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
    case image, provision, execute, benchmark, metrics, report
}

/// What a plugin says about itself: shown by `labhost plugins`, and checked before any money is spent.
public struct PluginDescriptor: Sendable, Hashable {
    /// The name used in plans and flags; unique within the phase.
    public var id: String
    /// The phase it serves.
    public var phase: Phase
    /// One line.
    public var summary: String
    /// What other plugins may count on.
    public var provides: Set<Capability>
    /// What the other chosen plugins, together, must provide.
    public var requires: Set<Capability>
    /// Other names that select it.
    public var aliases: [String]
    /// The plugins to use in other phases when the plan leaves them open.
    public var companions: [Phase: String]
    /// The AWS actions that it calls, as in an IAM policy.
    public var actions: [String]

    /// Makes a descriptor.
    public init(
        id: String,
        phase: Phase,
        summary: String,
        provides: Set<Capability> = [],
        requires: Set<Capability> = [],
        aliases: [String] = [],
        companions: [Phase: String] = [:],
        actions: [String] = []
    ) {
        self.id = id
        self.phase = phase
        self.summary = summary
        self.provides = provides
        self.requires = requires
        self.aliases = aliases
        self.companions = companions
        self.actions = actions
    }
}

/// Something that one plugin offers and another needs.
public struct Capability: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The name, in lower case with hyphens.
    public let rawValue: String

    /// Names a capability.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The text itself.
    public var description: String { rawValue }

    /// Runs scripts that outlive the connection: ``DetachedJobs``.
    public static let detachedJobs = Capability(rawValue: "detached-jobs")
    /// Makes hosts that are EC2 instances, reachable through AWS.
    public static let ec2Hosts = Capability(rawValue: "ec2-hosts")
    /// Makes hosts that are this machine.
    public static let localHosts = Capability(rawValue: "local-hosts")
    /// Makes hosts that do not exist.
    public static let simulatedHosts = Capability(rawValue: "simulated-hosts")
    /// Hosts that run their boot scripts, and so end themselves when nobody renews them.
    public static let expiringHosts = Capability(rawValue: "expiring-hosts")
    /// Records every resource it makes, with times, so that its cost can be added up.
    public static let resourceLedger = Capability(rawValue: "resource-ledger")
    /// Finds images that EC2 can boot.
    public static let machineImages = Capability(rawValue: "machine-images")
    /// Keeps what hosts did during a run in the cell's directory, as `HostSampling` writes it.
    public static let hostSamples = Capability(rawValue: "host-samples")
    /// Everything the plugin says is made up: whatever is derived from it is marked simulated.
    public static let simulated = Capability(rawValue: "simulated")
}
