public import SystemPackage

/// A plugin's only door to the outside.
///
/// The engine makes one for each plugin; tests make one from fakes (`PluginTestKit`), where a seam that was not faked
/// fails loudly.
public struct PluginContext: Sendable {
    /// The experiment that the plugin works for.
    public var experiment: ExperimentID
    /// A directory of the plugin's own, inside the experiment's. It exists.
    public var directory: FilePath
    /// Where in the cloud the experiment takes place.
    public var cloud: CloudSettings
    /// The tags that every resource carries: Project, ExperimentID, ManagedBy, ExpiresAt and the user's.
    /// `Component` is added for each host.
    public var tags: [String: String]
    /// What is recorded: notes, progress, the ledger.
    public var events: any EventSink
    /// HTTP to the outside.
    public var http: any HTTPTransport
    /// Child processes on this machine.
    public var processes: any ProcessRunner
    /// AWS credentials, refreshed as needed.
    public var credentials: any CredentialSource
    /// Time.
    public var clock: LabClock
    /// The process environment.
    public var environment: [String: String]
    /// A directory for what all experiments can use again, such as prices; it need not exist. Nil where nothing is kept.
    public var cache: FilePath?

    /// Makes a context.
    public init(
        experiment: ExperimentID,
        directory: FilePath,
        cloud: CloudSettings,
        tags: [String: String],
        events: any EventSink,
        http: any HTTPTransport,
        processes: any ProcessRunner,
        credentials: any CredentialSource,
        clock: LabClock,
        environment: [String: String],
        cache: FilePath? = nil
    ) {
        self.experiment = experiment
        self.directory = directory
        self.cloud = cloud
        self.tags = tags
        self.events = events
        self.http = http
        self.processes = processes
        self.credentials = credentials
        self.clock = clock
        self.environment = environment
        self.cache = cache
    }
}

/// Where in the cloud an experiment takes place: the plan's `aws` section, completed from the environment.
public struct CloudSettings: Sendable, Hashable, Codable {
    /// The AWS region, such as `us-west-2`; nil when nothing names one, which only plugins that call AWS mind.
    public var region: String?
    /// The profile of the shared configuration files.
    public var profile: String?
    /// The availability zone for every host; nil lets EC2 choose.
    public var availabilityZone: String?
    /// An existing instance profile; nil has one made for the experiment.
    public var instanceProfile: String?
    /// The endpoint of every AWS service (an emulator); nil for AWS itself.
    public var endpoint: String?

    /// Makes cloud settings.
    public init(
        region: String? = nil,
        profile: String? = nil,
        availabilityZone: String? = nil,
        instanceProfile: String? = nil,
        endpoint: String? = nil
    ) {
        self.region = region
        self.profile = profile
        self.availabilityZone = availabilityZone
        self.instanceProfile = instanceProfile
        self.endpoint = endpoint
    }
}
