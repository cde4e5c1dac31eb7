public import SystemPackage

/// A script to run on hosts, as root.
public struct Script: Sendable, Hashable {
    /// The script. It runs under `/bin/sh` unless its first line says otherwise.
    public var text: String
    /// Variables for it.
    ///
    /// Values are quoted on the way; names are `[A-Z_][A-Z0-9_]*`.
    public var environment: [String: String]
    /// How long it may run on each host.
    public var timeout: Duration
    /// A few words for the cloud's own list of commands.
    public var comment: String
    /// Whether running it twice is the same as running it once, so that it may be sent again when nobody knows of the first.
    public var isRepeatable: Bool

    /// Makes a script.
    public init(
        _ text: String,
        environment: [String: String] = [:],
        timeout: Duration = .seconds(60),
        comment: String = "",
        isRepeatable: Bool = false
    ) {
        self.text = text
        self.environment = environment
        self.timeout = timeout
        self.comment = comment
        self.isRepeatable = isRepeatable
    }
}

/// What became of a script on one host.
public struct ScriptOutcome: Sendable, Hashable {
    /// How it ended.
    public enum Ending: Sendable, Hashable {
        /// It ran, with this exit status.
        case exited(Int)
        /// It ran longer than it may.
        case timedOut
        /// It never ran, or nobody knows; in the other side's words.
        case undelivered(String)
    }

    /// The host's name.
    public var host: String
    /// How it ended.
    public var ending: Ending
    /// Standard output, whole.
    public var output: String
    /// Standard error; its end, when it was long.
    public var errors: String

    /// Makes an outcome.
    public init(host: String, ending: Ending, output: String = "", errors: String = "") {
        self.host = host
        self.ending = ending
        self.output = output
        self.errors = errors
    }

    /// Whether it ran and exited with 0.
    public var succeeded: Bool { ending == .exited(0) }

    /// Why it did not succeed, in a line or a few; nil when it did.
    public var failure: String? {
        switch ending {
        case .exited(0): nil
        case .exited(let status): "exit \(status): \((errors.isEmpty ? output : errors).suffix(500))"
        case .timedOut: "it took too long"
        case .undelivered(let reason): reason
        }
    }
}

/// Whether a host takes commands.
public enum Reachability: Sendable, Hashable, Codable {
    /// It does.
    case online
    /// It does not, yet or any more; with what is known of the reason.
    case offline(String)
}

/// Runs commands on hosts and moves files to and from them.
public protocol Executor: Plugin {
    /// Whether it can do its work here; nothing is created.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight``.
    func preflight() async throws

    /// Removes what it keeps outside the hosts; called when these are gone, and again where it was cut off.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/leftBehind``.
    func cleanUp() async throws

    /// Which hosts take commands, by name.
    func reachability(of hosts: [Host]) async throws -> [String: Reachability]

    /// Runs one script on many hosts at once.
    ///
    /// Hosts do not hold each other up, and one that fails does not hide the others' outcomes. Cancelling the task
    /// cancels the command on the hosts.
    ///
    /// - Returns: One outcome for each host, in the order of `hosts`.
    /// - Throws: ``LabError`` only when the command could not be sent or followed at all.
    func run(_ script: Script, on hosts: [Host]) async throws -> [ScriptOutcome]

    /// Runs one script on many hosts at once, and hands each outcome over as soon as it is there.
    ///
    /// - Parameters:
    ///   - script: The script.
    ///   - hosts: Where it is to run.
    ///   - onOutcome: Called once for each host, one call at a time.
    /// - Returns: One outcome for each host, in the order of `hosts`.
    /// - Throws: ``LabError`` only when the command could not be sent or followed at all.
    func run(
        _ script: Script,
        on hosts: [Host],
        onOutcome: @escaping @Sendable (ScriptOutcome) async -> Void
    ) async throws -> [ScriptOutcome]

    /// Writes a file on each host: whole or not at all, checked by SHA-256, directories made as needed.
    func upload(_ content: [UInt8], to path: String, on hosts: [Host]) async throws

    /// Fetches a file whole, checked by SHA-256.
    ///
    /// - Throws: ``LabError`` naming the host and the path when there is no such file.
    func download(_ path: String, from host: Host, to local: FilePath) async throws
}

extension Executor {
    /// For executors that need nothing.
    public func preflight() async throws {}

    /// For executors that keep nothing.
    public func cleanUp() async throws {}

    /// For executors that have all outcomes at the same time.
    public func run(
        _ script: Script,
        on hosts: [Host],
        onOutcome: @escaping @Sendable (ScriptOutcome) async -> Void
    ) async throws -> [ScriptOutcome] {
        let outcomes = try await run(script, on: hosts)
        for outcome in outcomes { await onOutcome(outcome) }
        return outcomes
    }
}

/// A script that runs on after the connection is lost.
public struct Job: Sendable, Hashable {
    /// Its name, which is its idempotency key: starting it twice starts it once. `[a-z0-9-]`.
    public var name: String
    /// The script, run by `/bin/sh -e`.
    public var script: String
    /// The directory that it runs in; made if missing.
    public var workingDirectory: String
    /// The user that it runs as.
    public var user: String?
    /// When it is stopped, whatever it is doing.
    public var timeout: Duration

    /// Makes a job.
    public init(name: String, script: String, workingDirectory: String, user: String? = nil, timeout: Duration) {
        self.name = name
        self.script = script
        self.workingDirectory = workingDirectory
        self.user = user
        self.timeout = timeout
    }
}

/// What is known of a job.
public struct JobStatus: Sendable, Hashable {
    /// What it is doing.
    public enum State: Sendable, Hashable {
        /// Nobody knows of such a job.
        case unknown
        /// It runs.
        case running
        /// It ended with this exit status; 128 + n when signal n ended it.
        case exited(Int)
    }

    /// What it is doing.
    public var state: State
    /// The log from the offset asked for: both streams, in order, at most what one answer carries.
    public var log: String
    /// The offset, in bytes, at which the log goes on.
    public var nextOffset: Int
    /// The log's size in bytes.
    public var logSize: Int
    /// The sizes in bytes of the files asked about, for those that exist.
    public var fileSizes: [String: Int]

    /// Makes a status.
    public init(state: State, log: String, nextOffset: Int, logSize: Int, fileSizes: [String: Int] = [:]) {
        self.state = state
        self.log = log
        self.nextOffset = nextOffset
        self.logSize = logSize
        self.fileSizes = fileSizes
    }
}

/// An executor that can run scripts that outlive the connection (capability `detached-jobs`).
public protocol DetachedJobs: Executor {
    /// Starts a job; does nothing when a job of that name is there already.
    func start(_ job: Job, on host: Host) async throws

    /// Looks at a job, waiting on the host for up to `patience` for its end or for more log.
    func status(
        of job: String,
        on host: Host,
        logFrom offset: Int,
        files: [String],
        patience: Duration
    ) async throws -> JobStatus

    /// Stops a job with everything that it started: TERM, then KILL. One that is not there is success.
    func stop(_ job: String, on host: Host) async throws
}
