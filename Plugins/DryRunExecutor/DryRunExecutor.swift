public import PluginAPI
public import SystemPackage

/// Plays the hosts of a cluster that does not exist.
///
/// Files are kept in memory. Every script succeeds, and health checks find what they ask for, unless the scenario in the
/// options says otherwise. Every command is written down in `commands.jsonl`. A job that runs OMB
/// answers with the console and the result that OMB would have produced, from ``ClusterModel``'s idea of a cluster;
/// the first line of its console and the driver's name in its result say that it was simulated. The cluster that is
/// modelled is every host that the executor was ever asked about.
public struct DryRunExecutor: DetachedJobs {
    /// Needs hosts that do not exist: on others it would do nothing and say that it did.
    public static let descriptor = PluginDescriptor(
        id: "dry-run",
        phase: .execute,
        summary: "pretends to run commands, and answers for OMB from a small model",
        provides: [.detachedJobs, .simulated],
        requires: [.simulatedHosts]
    )

    private let speed: Double
    private let context: PluginContext
    private let record: CommandRecord
    private let state: SimulatedHosts

    /// Makes the executor.
    public init(options: DryRunOptions, context: PluginContext) throws {
        guard options.speed >= 1, options.speed.isFinite else {
            throw LabError(.invalidPlan, "speed is \(options.speed); time can be played faster, not slower")
        }
        speed = options.speed
        self.context = context
        record = CommandRecord(context)
        state = SimulatedHosts(answers: options.answers)
    }

    /// All of them take commands.
    public func reachability(of hosts: [Host]) async throws -> [String: Reachability] {
        await state.meet(hosts)
        try await context.clock.sleep(.milliseconds(200))
        return Dictionary(hosts.map { ($0.name, .online) }) { first, _ in first }
    }

    /// Answers as the scenario says; else says that the script succeeded, and a health check is told that all is well.
    public func run(_ script: Script, on hosts: [Host]) async throws -> [ScriptOutcome] {
        try await run(script, on: hosts) { _ in }
    }

    /// Answers for each host by itself.
    public func run(
        _ script: Script,
        on hosts: [Host],
        onOutcome: @escaping @Sendable (ScriptOutcome) async -> Void
    ) async throws -> [ScriptOutcome] {
        await state.meet(hosts)
        try record.add(.init("run", on: hosts, script: script.text, variables: script.environment.keys.sorted()))
        return try await withThrowingTaskGroup(of: ScriptOutcome.self) { group in
            for host in hosts { group.addTask { try await outcome(of: script, on: host) } }
            var outcomes: [String: ScriptOutcome] = [:]
            for try await outcome in group {
                await onOutcome(outcome)
                outcomes[outcome.host] = outcome
            }
            return hosts.compactMap { outcomes[$0.name] }
        }
    }

    private func outcome(of script: Script, on host: Host) async throws -> ScriptOutcome {
        guard let answer = await state.answer(to: script.text, on: host) else {
            try await context.clock.sleep(Self.latency)
            let isHealthCheck = script.environment["LABHOST_WAIT"] != nil
            let output = isHealthCheck ? Self.health(of: host) : ""
            return ScriptOutcome(host: host.name, ending: .exited(0), output: output)
        }
        try await context.clock.sleep(Self.latency + min(answer.takes, script.timeout) / speed)
        if let reason = answer.unreachable { return ScriptOutcome(host: host.name, ending: .undelivered(reason)) }
        guard answer.takes <= script.timeout else { return ScriptOutcome(host: host.name, ending: .timedOut) }
        for (path, content) in answer.files { await state.write(Array(content.utf8), to: path, on: host) }
        return ScriptOutcome(
            host: host.name,
            ending: .exited(answer.exit),
            output: answer.output,
            errors: answer.errors
        )
    }

    /// What a command costs at the least, in real time.
    private static let latency = Duration.milliseconds(300)

    /// Keeps the file in memory.
    public func upload(_ content: [UInt8], to path: String, on hosts: [Host]) async throws {
        await state.meet(hosts)
        try record.add(.init("upload", on: hosts, path: path, content: content))
        for host in hosts { await state.write(content, to: path, on: host) }
    }

    /// Writes a file that was uploaded, or that a job has made by now.
    public func download(_ path: String, from host: Host, to local: FilePath) async throws {
        try record.add(.init("download", on: [host], path: path))
        try LocalFile.write(try await content(of: path, on: host), to: local)
    }

    /// Starts a job: as the scenario says; else OMB is simulated, and anything else ends at once.
    public func start(_ job: Job, on host: Host) async throws {
        await state.meet([host])
        try record.add(.init("start", on: [host], script: job.script, job: job.name))
        guard await state.job(job.name, on: host) == nil else { return }
        let simulated = try await simulate(job, on: host).stopped(after: job.timeout)
        let running = SimulatedHosts.RunningJob(job: simulated, startedAt: context.clock.uptime())
        await state.set(running, named: job.name, on: host)
    }

    private func simulate(_ job: Job, on host: Host) async throws -> SimulatedJob {
        if let answer = await state.answer(to: job.script, on: host) {
            if let reason = answer.unreachable { throw LabError(.failed, "\(host.name): \(reason)") }
            return SimulatedJob(answer)
        }
        guard let command = BenchmarkCommand(in: job.script, workingDirectory: job.workingDirectory) else {
            return SimulatedJob()
        }
        let run = try SimulatedRun(
            of: command,
            workload: try await content(of: command.workload, on: host),
            driver: try await content(of: command.driver, on: host),
            on: await state.cluster,
            start: context.clock.now()
        )
        return SimulatedJob(run, output: command.output)
    }

    /// Looks at a job as it is by now, in the time that it is played in.
    public func status(
        of job: String,
        on host: Host,
        logFrom offset: Int,
        files: [String],
        patience: Duration
    ) async throws -> JobStatus {
        guard let running = await state.job(job, on: host) else {
            return JobStatus(state: .unknown, log: "", nextOffset: 0, logSize: 0)
        }
        var play = Playback(of: running, speed: speed, at: context.clock.uptime())
        if let wait = play.wait(beyond: offset), wait > .zero, patience > .zero {
            try await context.clock.sleep(min(wait, patience))
            play = Playback(of: running, speed: speed, at: context.clock.uptime())
        }
        for (path, content) in play.files { await state.write(content, to: path, on: host) }
        var sizes: [String: Int] = [:]
        for file in files { sizes[file] = await state.file(file, on: host)?.count }
        let log = play.log(from: offset)
        return JobStatus(
            state: play.state,
            log: String(decoding: log, as: UTF8.self),
            nextOffset: offset + log.count,
            logSize: play.logSize,
            fileSizes: sizes
        )
    }

    /// Stops a job.
    public func stop(_ job: String, on host: Host) async throws {
        try record.add(.init("stop", on: [host], job: job))
        guard var running = await state.job(job, on: host), running.stoppedAt == nil else { return }
        running.stoppedAt = context.clock.uptime()
        await state.set(running, named: job, on: host)
    }

    private func content(of path: String, on host: Host) async throws -> [UInt8] {
        guard let content = await state.file(path, on: host) else {
            throw LabError(.failed, "\(host.name) has no file \(path) (simulated)")
        }
        return content
    }

    private static func health(of host: Host) -> String {
        let service = [
            "zookeeper": "zookeeper.service", "bookkeeper": "bookkeeper.service", "broker": "pulsar-broker.service",
        ][host.component]
        return [
            "boot\tcloud-init", service.map { "service\t\($0)" }, service.map { _ in "endpoint\t\(host.component)" },
        ]
        .compactMap { $0.map { "\($0)\tok\tsimulated\n" } }
        .joined()
    }
}
