import AWS
import LabHost
import PluginAPI
import Pulsar

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One command's work on one experiment: its lock, its journal, its engine, and whoever watches.
struct Session {
    let experiment: Experiment
    let schedule: Schedule
    let directory: ExperimentDirectory
    private let lock: ExperimentLock
    private let journal: Journal
    private let engine: Engine
    private let clock: LabClock
    private let calls: CallCounter
    private let historyFailure: LabError?
    private let options: WorkOptions

    /// How a command behaves towards the person or program that runs it.
    struct WorkOptions {
        var isJSON = false
        var assumesYes = false
        /// What takes the place of the experiment's own limit; nil keeps it.
        var maxCost: MaxCost?
        /// Where metrics of the run itself are served; nil for nowhere.
        var listen: ListenAddress?
    }

    /// Takes an experiment's lock and prepares its engine.
    init(
        _ experiment: Experiment,
        _ schedule: Schedule,
        in directory: ExperimentDirectory,
        options: WorkOptions,
        environment: [String: String]
    ) async throws {
        self.experiment = experiment
        self.schedule = schedule
        self.directory = directory
        self.options = options
        clock = .system
        calls = CallCounter(try CurlTransport(.init(environment: environment)))
        lock = try ExperimentLock(directory)
        journal = try Journal(at: directory.journal, clock: clock)
        var history: History?
        var failure: LabError?
        do { history = try await History(in: ExperimentStore(environment: environment).home) } catch {
            failure = LabError(error, while: "opening the history")
        }
        historyFailure = failure
        let question = Confirmation(assumesYes: options.assumesYes)
        engine = try Engine(
            experiment: experiment,
            schedule: schedule,
            directory: directory,
            journal: journal,
            catalog: LabHostTool.currentCatalog(),
            system: PulsarSystem(),
            seams: Seams(http: calls, clock: clock, environment: environment),
            history: history,
            confirm: question.ask
        )
    }

    /// Opens an experiment that exists.
    init(reopening reference: String, for steps: Set<Step>, options: WorkOptions, environment: [String: String])
        async throws
    {
        let directory = try ExperimentStore(environment: environment).find(reference)
        var (experiment, schedule) = try directory.frozen()
        if let maxCost = options.maxCost { experiment.maxCostUSD = maxCost.limit }
        guard experiment.source != .imported || steps == [.report] else {
            throw LabError(
                .usage,
                "\(experiment.id) was imported: there is no cluster, and nothing to measure",
                hint: "labhost show \(experiment.id), or report"
            )
        }
        try await self.init(experiment, schedule, in: directory, options: options, environment: environment)
    }

    /// Whether the chosen provisioner can do its work here; nothing is created.
    func preflight() async throws { try await engine.preflight() }

    /// Takes the steps, shows them, and says at the end what came of it.
    ///
    /// - Throws: The first thing that went wrong, for the exit code; all of them have been printed.
    func work(
        _ steps: Set<Step>,
        command: String,
        isResuming: Bool = false,
        foreword: [String] = []
    ) async throws {
        let terminal = Terminal(environment: Environment.all)
        let console = Console(
            terminal: terminal,
            clock: clock,
            resources: await journal.snapshot,
            isSimulated: experiment.isSimulated
        )
        await console.say(([heading] + foreword).joined(separator: "\n"))
        if let historyFailure { await console.say("! \(historyFailure); results are kept all the same") }
        let signals = Signals(
            lastWords: "left at once; to carry on: labhost resume \(experiment.id); to clean up: labhost teardown "
                + "\(experiment.id)"
        )
        let served = try await serveTelemetry(console)
        defer { served?.listener.stop() }
        let shown = await journal.events()
        let logged = await journal.events()
        let streamed = options.isJSON ? await journal.events() : nil
        let errors = await withTaskGroup(of: Void.self) { group in
            group.addTask { await console.follow(shown) }
            group.addTask { await LogFile.follow(logged, to: directory.log, clock: clock) }
            if let served { group.addTask { await served.telemetry.follow(served.events) } }
            if let streamed { group.addTask { await EventStream.follow(streamed) } }
            let errors = await takeSteps(steps, command, isResuming: isResuming, console: console, signals: signals)
            await journal.finish()
            await group.waitForAll()
            return errors
        }
        try await conclude(errors)
    }

    /// Begins to serve metrics of the run, if that was asked for, and says where.
    private func serveTelemetry(
        _ console: Console
    ) async throws -> (telemetry: Telemetry, listener: TelemetryListener, events: AsyncStream<Event>)? {
        guard let address = options.listen else { return nil }
        let telemetry = Telemetry(
            of: experiment,
            cells: schedule.cells.count,
            version: BuildFacts.current.identifier,
            known: await journal.snapshot,
            clock: clock,
            calls: { calls.counts },
            retries: { calls.retries }
        )
        let listener = try TelemetryListener(at: address) { telemetry.text }
        await console.say("metrics: \(listener.address.url)")
        return (telemetry, listener, await journal.events())
    }

    /// The engine and the listener for signals are siblings: a signal cancels the engine, which then cleans up.
    private func takeSteps(
        _ steps: Set<Step>,
        _ command: String,
        isResuming: Bool,
        console: Console,
        signals: Signals
    ) async -> [LabError] {
        await withTaskGroup(of: [LabError]?.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                await engine.run(
                    steps,
                    command: command,
                    version: BuildFacts.current.identifier,
                    isResuming: isResuming
                )
            }
            group.addTask {
                for await _ in signals.first {
                    await console.say("interrupted: ending this step and cleaning up; once more to leave at once")
                }
                return nil
            }
            while let outcome = await group.next() {
                guard let errors = outcome else {
                    group.cancelAll()
                    continue
                }
                return errors
            }
            return []
        }
    }

    private var heading: String {
        let simulated = experiment.isSimulated ? " · simulated: nothing is real, and no number is measured" : ""
        return "labhost \(BuildFacts.current.identifier) · \(experiment.id) · \(experiment.planName)\(simulated)"
    }

    private func conclude(_ errors: [LabError]) async throws {
        let state = await journal.snapshot
        if !options.isJSON {
            let record = try RecordBuilder(experiment: experiment, schedule: schedule, directory: directory)
                .record(from: state)
            Conclusion(record: record, state: state, directory: directory, expiry: experiment.expiry).print()
            if calls.total > 0 { print("AWS calls: \(calls.total), besides those of other tools") }
        }
        for error in errors { Terminal.write("error: \(error)\n", to: STDERR_FILENO) }
        let code = Engine.exitCode(for: errors)
        if code != 0 { exit(code) }
    }
}

extension Seams {
    /// The doors of this process.
    init(http: any HTTPTransport, clock: LabClock = .system, environment: [String: String]) {
        self.init(
            http: http,
            processes: SubprocessRunner(),
            credentials: { cloud in
                CredentialChain(
                    profile: cloud.profile,
                    cloud: cloud,
                    environment: environment,
                    http: http,
                    processes: SubprocessRunner(),
                    clock: clock
                )
            },
            clock: clock,
            environment: environment
        )
    }

    /// The doors of this process, with nobody counting who goes through.
    static func standard(environment: [String: String]) throws -> Seams {
        Seams(http: try CurlTransport(.init(environment: environment)), environment: environment)
    }
}
