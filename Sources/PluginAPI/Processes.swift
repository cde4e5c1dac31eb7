public import SystemPackage

/// A child process to run on this machine. Arguments are handed over as they are; no shell is involved.
public struct ProcessInvocation: Sendable, Hashable {
    /// A path, or a name to be looked up in PATH.
    public var executable: String
    /// The arguments, without the program's name.
    public var arguments: [String]
    /// Where it runs; nil for the host's own directory.
    public var workingDirectory: FilePath?
    /// Variables set in addition to the host's environment; nil takes one away.
    public var environment: [String: String?]
    /// How long the process may take to end after it was asked to, before it is killed.
    public var gracePeriod: Duration
    /// A file that the process holds for as long as it runs, even when its host is gone; two that name the same one run one
    /// after the other.
    public var holding: FilePath?

    /// Makes an invocation.
    public init(
        _ executable: String,
        _ arguments: [String],
        workingDirectory: FilePath? = nil,
        environment: [String: String?] = [:],
        gracePeriod: Duration = .seconds(30),
        holding: FilePath? = nil
    ) {
        self.executable = executable
        self.arguments = arguments
        self.workingDirectory = workingDirectory
        self.environment = environment
        self.gracePeriod = gracePeriod
        self.holding = holding
    }
}

/// How a child process ended.
public struct ProcessResult: Sendable, Hashable {
    /// The exit status; 128 + n when signal n ended it.
    public var status: Int32
    /// The end of its standard error, at most 64 KiB.
    public var standardError: String

    /// Makes a result.
    public init(status: Int32, standardError: String = "") {
        self.status = status
        self.standardError = standardError
    }
}

/// Runs child processes.
public protocol ProcessRunner: Sendable {
    /// Runs a child process, in a session of its own, to its end.
    ///
    /// Cancelling the task sends SIGINT to the process group, waits for the grace period and then kills it.
    ///
    /// - Parameters:
    ///   - invocation: What to run.
    ///   - onLine: Called for each line of standard output, in order.
    /// - Returns: How it ended.
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when there is no such program; what
    ///   ``waitForHolder(of:)`` throws.
    func run(
        _ invocation: ProcessInvocation,
        onLine: @escaping @Sendable (String) async throws -> Void
    ) async throws -> ProcessResult

    /// Waits until no process holds a file, one that an earlier host has left at work included.
    ///
    /// - Parameter file: What ``ProcessInvocation/holding`` named.
    /// - Throws: ``LabError`` when the file is held for minutes.
    func waitForHolder(of file: FilePath) async throws
}
