public import PluginAPI
public import SystemPackage

/// The host's doors to the outside, handed to every plugin through its ``PluginContext``.
public struct Seams: Sendable {
    /// HTTP.
    public var http: any HTTPTransport
    /// Child processes.
    public var processes: any ProcessRunner
    /// Credentials for the place where an experiment happens.
    public var credentials: @Sendable (CloudSettings) -> any CredentialSource
    /// Time.
    public var clock: LabClock
    /// The process environment.
    public var environment: [String: String]

    /// Makes seams.
    public init(
        http: any HTTPTransport,
        processes: any ProcessRunner,
        credentials: @escaping @Sendable (CloudSettings) -> any CredentialSource,
        clock: LabClock,
        environment: [String: String]
    ) {
        self.http = http
        self.processes = processes
        self.credentials = credentials
        self.clock = clock
        self.environment = environment
    }

    /// Where the user's experiments keep what they can use again; nil where there is no home.
    public var cache: FilePath? { try? ExperimentStore(environment: environment).home.appending("cache") }
}
