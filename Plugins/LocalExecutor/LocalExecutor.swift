public import PluginAPI
public import SystemPackage

/// Runs commands on this machine, as the user who runs LabHost: all hosts of a local cluster are this one.
///
/// Scripts and jobs run in process groups of their own, so that whatever they start ends with them. A job outlives
/// LabHost: its state, its log and its process are found again through the plugin's directory.
public struct LocalExecutor: DetachedJobs {
    /// `local`.
    public static let descriptor = PluginDescriptor(
        id: "local",
        phase: .execute,
        summary: "runs commands on this machine",
        provides: [.detachedJobs],
        requires: [.localHosts]
    )

    private let processes: any ProcessRunner
    private let clock: LabClock
    private let directory: FilePath
    /// Bytes of log that one look at a job brings.
    private static let logBytes = 1 << 18

    /// Makes the executor.
    public init(options: NoOptions, context: PluginContext) {
        processes = context.processes
        clock = context.clock
        directory = context.directory
    }

    /// This machine takes commands.
    public func reachability(of hosts: [Host]) async throws -> [String: Reachability] {
        Dictionary(hosts.map { ($0.name, .online) }) { first, _ in first }
    }

    /// Runs the script once for each host, all at the same time; `LABHOST_HOST` tells it which host it is.
    public func run(_ script: Script, on hosts: [Host]) async throws -> [ScriptOutcome] {
        try await run(script, on: hosts) { _ in }
    }

    /// Runs the script as the other one does, and hands each outcome over when it is there.
    public func run(
        _ script: Script,
        on hosts: [Host],
        onOutcome: @escaping @Sendable (ScriptOutcome) async -> Void
    ) async throws -> [ScriptOutcome] {
        try await withThrowingTaskGroup(of: (Int, ScriptOutcome).self) { group in
            for (index, host) in hosts.enumerated() {
                group.addTask { (index, try await run(script, on: host)) }
            }
            var outcomes: [(Int, ScriptOutcome)] = []
            for try await outcome in group {
                await onOutcome(outcome.1)
                outcomes.append(outcome)
            }
            return outcomes.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Writes the file once: the hosts share this machine's files.
    public func upload(_ content: [UInt8], to path: String, on hosts: [Host]) async throws {
        guard !hosts.isEmpty else { return }
        let target = FilePath(path)
        try await shell(LocalScripts.makeDirectory(target.removingLastComponent()), "make the directory of \(path)")
        try LocalFile.write(content, to: target)
    }

    /// Copies the file.
    public func download(_ path: String, from host: Host, to local: FilePath) async throws {
        try await shell(LocalScripts.copy(path, to: local), "copy \(path) of \(host.name)")
    }

    /// Starts a job in a process group that is not LabHost's.
    public func start(_ job: Job, on host: Host) async throws {
        let script = LocalScripts.start(
            in: try jobDirectory(job.name, on: host),
            script: job.script,
            workingDirectory: job.workingDirectory,
            seconds: Int(job.timeout.components.seconds)
        )
        try await shell(script, "start \(job.name) on \(host.name)")
    }

    /// Looks at a job, with one child process that waits.
    public func status(
        of job: String,
        on host: Host,
        logFrom offset: Int,
        files: [String],
        patience: Duration
    ) async throws -> JobStatus {
        let report = try await scratch { scratch in
            let script = LocalScripts.status(
                in: try jobDirectory(job, on: host),
                from: offset,
                count: Self.logBytes,
                files: files,
                seconds: Int(patience.components.seconds),
                output: scratch
            )
            try await shell(script, "look at \(job) on \(host.name)")
            return try LocalFile.read(scratch) ?? []
        }
        guard let status = JobStatus(report: report, logFrom: offset) else {
            throw LabError(.failed, "the state of \(job) on \(host.name) cannot be read")
        }
        return status
    }

    /// Stops a job with everything in its process group.
    public func stop(_ job: String, on host: Host) async throws {
        try await shell(LocalScripts.stop(in: try jobDirectory(job, on: host)), "stop \(job) on \(host.name)")
    }

    // MARK: Tools

    private func run(_ script: Script, on host: Host) async throws -> ScriptOutcome {
        try await scratch { scratch in
            let (file, output, errors) = (scratch, scratch.suffixed(".out"), scratch.suffixed(".err"))
            defer { for path in [output, errors] { LocalFile.remove(path) } }
            try LocalFile.write(script.text.utf8, to: file)
            var environment = script.environment.mapValues(Optional.some)
            environment["LABHOST_HOST"] = host.name
            let invocation = ProcessInvocation(
                "/bin/sh",
                ["-c", LocalScripts.run, "labhost", file.string, output.string, errors.string],
                environment: environment,
                gracePeriod: .seconds(2)
            )
            let status = try await withTimeLimit(script.timeout) {
                try await processes.run(invocation) { _ in }.status
            }
            return ScriptOutcome(
                host: host.name,
                ending: status.map { .exited(Int($0)) } ?? .timedOut,
                output: String(decoding: try LocalFile.read(output) ?? [], as: UTF8.self),
                errors: String(decoding: (try LocalFile.read(errors) ?? []).suffix(8000), as: UTF8.self)
            )
        }
    }

    /// Runs one of LabHost's own scripts.
    private func shell(_ script: String, _ doing: String) async throws {
        let result = try await processes.run(ProcessInvocation("/bin/bash", ["-c", script])) { _ in }
        guard result.status == 0 else {
            throw LabError(.failed, "cannot \(doing)", cause: "exit \(result.status): \(result.standardError)")
        }
    }

    /// Cancels work that takes longer than it may; nil when it did.
    private func withTimeLimit<Result: Sendable>(
        _ limit: Duration,
        _ work: @escaping @Sendable () async throws -> Result
    ) async throws -> Result? {
        try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                do { return try await work() } catch is CancellationError { return nil }
            }
            group.addTask {
                try await clock.sleep(limit)
                return nil
            }
            defer { group.cancelAll() }
            let first = try await group.next() ?? nil
            try Task.checkCancellation()
            return first
        }
    }

    /// A file of its own for the body, gone afterwards.
    private func scratch<Result>(_ body: (FilePath) async throws -> Result) async throws -> Result {
        let folder = directory.appending("run")
        try LocalFile.makeDirectory(folder)
        let path = folder.appending("\(UInt64.random(in: .min ... .max))")
        defer { LocalFile.remove(path) }
        return try await body(path)
    }

    private func jobDirectory(_ name: String, on host: Host) throws -> FilePath {
        guard let host = FilePath.Component(host.name), let job = FilePath.Component(name), host.kind == .regular,
            job.kind == .regular
        else { throw LabError(.failed, "\(name.debugDescription) cannot be the name of a job on \(host.name)") }
        return directory.appending("jobs").appending(host).appending(job)
    }
}

extension FilePath {
    fileprivate func suffixed(_ suffix: String) -> FilePath { FilePath(string + suffix) }
}
