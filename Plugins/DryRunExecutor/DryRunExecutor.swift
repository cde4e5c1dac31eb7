public import PluginAPI
public import SystemPackage

/// The options of ``DryRunExecutor``.
public struct DryRunOptions: PluginOptions {
    /// How many simulated seconds pass in one.
    public var speed: Double

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "speed",
            .number(1...100_000),
            "How many simulated seconds pass in one: at 60 a minute takes a second.",
            default: "60"
        )
    ]

    /// Makes options.
    public init(speed: Double = 60) { self.speed = speed }

    /// Reads options, each with its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        speed = try container.decodeIfPresent(Double.self, forKey: .speed) ?? 60
    }

    private enum CodingKeys: String, CodingKey {
        case speed
    }
}

/// Plays the hosts of a cluster that does not exist.
///
/// Files are kept in memory. Every script succeeds, and health checks find what they ask for. A job that runs OMB
/// answers with the console and the result that OMB would have produced, from ``ClusterModel``'s idea of a cluster;
/// the first line of its console and the driver's name in its result say that it was simulated. The cluster that is
/// modelled is every host that the executor was ever asked about.
public struct DryRunExecutor: DetachedJobs {
    /// Needs hosts that do not exist: on others it would do nothing and say that it did.
    public static let descriptor = PluginDescriptor(
        id: "dry-run",
        phase: .execute,
        summary: "Pretends to run commands, and answers for OMB from a small model",
        provides: [.detachedJobs, .simulated],
        requires: [.simulatedHosts]
    )

    private let speed: Double
    private let context: PluginContext
    private let state = SimulatedHosts()

    /// Makes the executor.
    public init(options: DryRunOptions, context: PluginContext) throws {
        guard options.speed >= 1, options.speed.isFinite else {
            throw LabError(.invalidPlan, "speed is \(options.speed); time can be played faster, not slower")
        }
        speed = options.speed
        self.context = context
    }

    /// All of them take commands.
    public func reachability(of hosts: [Host]) async throws -> [String: Reachability] {
        await state.meet(hosts)
        try await context.clock.sleep(.milliseconds(200))
        return Dictionary(hosts.map { ($0.name, .online) }) { first, _ in first }
    }

    /// Says that the script succeeded; a health check is told that all is well.
    public func run(_ script: Script, on hosts: [Host]) async throws -> [ScriptOutcome] {
        await state.meet(hosts)
        try await context.clock.sleep(.milliseconds(300))
        let isHealthCheck = script.environment["LABHOST_WAIT"] != nil
        return hosts.map { host in
            let output = isHealthCheck ? Self.health(of: host) : ""
            return ScriptOutcome(host: host.name, ending: .exited(0), output: output)
        }
    }

    /// Keeps the file in memory.
    public func upload(_ content: [UInt8], to path: String, on hosts: [Host]) async throws {
        await state.meet(hosts)
        for host in hosts { await state.write(content, to: path, on: host) }
    }

    /// Writes a file that was uploaded, or that a job has made by now.
    public func download(_ path: String, from host: Host, to local: FilePath) async throws {
        try LocalFile.write(try await content(of: path, on: host), to: local)
    }

    /// Starts a job: OMB is simulated, and anything else ends at once.
    public func start(_ job: Job, on host: Host) async throws {
        await state.meet([host])
        guard await state.job(job.name, on: host) == nil else { return }
        let command = BenchmarkCommand(in: job.script, workingDirectory: job.workingDirectory)
        var run: SimulatedRun?
        if let command {
            run = try SimulatedRun(
                of: command,
                workload: try await content(of: command.workload, on: host),
                driver: try await content(of: command.driver, on: host),
                on: await state.cluster,
                start: context.clock.now()
            )
        }
        let running = SimulatedHosts.RunningJob(
            run: run,
            output: command?.output ?? "",
            startedAt: context.clock.uptime()
        )
        await state.set(running, named: job.name, on: host)
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
        if let result = play.result { await state.write(result, to: running.output, on: host) }
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
