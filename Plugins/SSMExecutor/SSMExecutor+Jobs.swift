public import PluginAPI

extension SSMExecutor {
    /// Bytes of log that one look at a job brings; compressed, they fit into one answer.
    private static let logBytes = 120_000

    /// Starts a job as a transient systemd unit, which outlives the agent and the connection.
    public func start(_ job: Job, on host: Host) async throws {
        let script = HostScripts.start(
            name: try Self.checked(job.name),
            script: job.script,
            workingDirectory: job.workingDirectory,
            user: job.user,
            seconds: Int(job.timeout.components.seconds)
        )
        try await execute(Script(script, comment: "start \(job.name)"), on: [host]).check("start \(job.name)")
    }

    /// Looks at a job with one command, which waits on the host.
    public func status(
        of job: String,
        on host: Host,
        logFrom offset: Int,
        files: [String],
        patience: Duration
    ) async throws -> JobStatus {
        let script = HostScripts.status(
            name: try Self.checked(job),
            from: offset,
            count: Self.logBytes,
            files: files,
            seconds: Int(patience.components.seconds)
        )
        let answers = try await execute(
            Script(script, timeout: patience + .seconds(60), comment: "watch \(job)"),
            on: [host]
        )
        try answers.check("look at \(job)")
        guard let content = answers.first?.content, let status = JobStatus(report: content, logFrom: offset) else {
            throw LabError(.failed, "the state of \(job) on \(host.name) cannot be read")
        }
        return status
    }

    /// Stops a job.
    public func stop(_ job: String, on host: Host) async throws {
        let script = HostScripts.stop(name: try Self.checked(job))
        try await execute(Script(script, comment: "stop \(job)"), on: [host]).check("stop \(job)")
    }

    /// A job's name is part of paths and unit names.
    private static func checked(_ name: String) throws -> String {
        let allowed = name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard allowed, (1...200).contains(name.utf8.count) else {
            throw LabError(
                .failed,
                "a job's name may have only a-z, 0-9 and hyphens: \(name.prefix(80).debugDescription)"
            )
        }
        return name
    }
}
