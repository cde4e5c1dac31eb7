import ArgumentParser
import LabHost
import PluginAPI

/// A plan, and the flags that win over it.
struct PlanOptions: ParsableArguments {
    @Argument(help: "The plan, a YAML file.", completion: .plans) var plan: String
    @Option(help: "How the cluster is created.", completion: .plugins(.provision)) var provisioner: String?
    @Option(help: "How commands reach the hosts.", completion: .plugins(.execute)) var executor: String?
    @Option(help: "What drives the benchmark.", completion: .plugins(.benchmark)) var runner: String?
    @Option(
        help: "What looks inside the cluster meanwhile, separated by commas; empty for nothing.",
        completion: .plugins(.metrics)
    )
    var metrics: String?
    @Option(
        name: .customLong("reporter"),
        help: "What is written afterwards, separated by commas.",
        completion: .plugins(.report)
    )
    var reporters: String?
    @Option(help: "How the image is found.", completion: .plugins(.image)) var imageBuilder: String?
    @Option(help: "The AWS region.") var region: String?
    @Option(help: "The profile of the shared AWS files.") var profile: String?
    @Option(name: .customLong("tag"), help: ArgumentHelp("A tag on every resource; may be repeated.", valueName: "k=v"))
    var tags: [String] = []
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A value in place of the plan's own, as YAML; may be repeated.", valueName: "path=value")
    )
    var values: [String] = []
    @Option(help: "Only these test runs, separated by commas.") var only: String?
    @Option(help: "How often each test run is repeated.") var repetitions: Int?
    @Option(
        help: "When the cluster is kept: never, on-failure or always.",
        transform: { text in
            guard let policy = Experiment.KeepPolicy(rawValue: text) else {
                throw ValidationError("--keep takes never, on-failure or always")
            }
            return policy
        }
    )
    var keep: Experiment.KeepPolicy?
    @Option(
        help: ArgumentHelp("The most that it may cost in USD, in place of the plan's limit.", valueName: "usd|none"),
        transform: MaxCost.init(argument:)
    )
    var maxCost: MaxCost?
    @Option(name: .customLong("experiment-id"), help: "The experiment's id; made from the time otherwise.")
    var experimentID: String?
    @Flag(help: "Create without asking.") var yes = false
    @Flag(help: "Print the events as JSON, one object a line.") var json = false

    func validate() throws {
        if let repetitions, !(1...1000).contains(repetitions) {
            throw ValidationError("--repetitions takes a whole number from 1 to 1000")
        }
        for tag in tags where !tag.contains("=") || tag.hasPrefix("=") {
            throw ValidationError("--tag takes KEY=VALUE, not \(Printable.quoted(tag))")
        }
    }

    /// The plan's schedule, as far as the flags let it be.
    ///
    /// - Parameter plan: The plan.
    /// - Returns: The schedule.
    /// - Throws: ``LabError`` when the flags ask for runs that are not there, or for more than the time limit allows.
    func schedule(of plan: Plan) throws -> Schedule {
        let schedule = try Scheduler.schedule(
            plan,
            only: only.map(Self.words),
            repetitions: repetitions,
            seed: UInt64.random(in: 0...UInt64(Int64.max))
        )
        guard schedule.expectedDuration <= plan.maxDuration else {
            let (needed, limit) = (Durations.short(schedule.expectedDuration), Durations.short(plan.maxDuration))
            throw LabError(
                .usage,
                "all takes about \(needed), and limits.max_duration is \(limit)",
                hint: "fewer repetitions, --only RUN, or a longer limit"
            )
        }
        return schedule
    }

    /// The values of `--set`; those that are options of a plugin which a flag names come after its name.
    var settings: [String] {
        let flags = [
            ("image", imageBuilder), ("provisioner", provisioner), ("executor", executor), ("runner", runner),
        ]
        let names = flags.compactMap { key, id in
            id.flatMap { id in
                values.contains { $0.hasPrefix("plugins.\(key).options") } ? "plugins.\(key).use=\(id)" : nil
            }
        }
        return names + values
    }

    /// The flags that take part in the outcome. Those of `--set` are not among them: they are in the frozen plan.
    var lastingFlags: [String] {
        let flags = [
            ("provisioner", provisioner), ("executor", executor), ("runner", runner), ("metrics", metrics),
            ("reporter", reporters), ("image-builder", imageBuilder), ("region", region), ("only", only),
            ("repetitions", repetitions.map(String.init)), ("keep", keep?.rawValue),
        ]
        return flags.flatMap { name, value in value.map { ["--\(name)", $0] } ?? [] }
    }

    /// The words of a list separated by commas.
    static func words(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingPrefix(while: \.isWhitespace) }.map(String.init)
    }
}

/// The argument of `--max-cost`.
enum MaxCost: Sendable, Equatable {
    /// The plan's limit does not count.
    case none
    /// So many USD.
    case usd(Double)

    init(argument: String) throws {
        if argument == "none" {
            self = .none
        } else if let amount = Double(argument), (0...1_000_000).contains(amount) {
            self = .usd(amount)
        } else {
            throw ValidationError("--max-cost takes an amount in USD such as 12.50, or none")
        }
    }

    /// The help of commands that carry on with an experiment.
    static let helpInstead = ArgumentHelp(
        "The most that all of the experiment may cost in USD, for this command, in place of its limit.",
        valueName: "usd|none"
    )

    /// The limit; nil for none.
    var limit: Double? {
        if case .usd(let amount) = self { amount } else { nil }
    }
}

/// `labhost run`: everything, from image to teardown.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Build the cluster, measure, report, and delete everything.",
        discussion: "Example: labhost run --provisioner dry-run --executor dry-run plans/poc.yaml"
    )

    @OptionGroup var options: PlanOptions
    @OptionGroup var telemetry: TelemetryOptions

    func run() async throws {
        try await ExperimentMaker(options: options, listen: telemetry.listen)
            .begin(Set(Step.allCases), command: "run")
    }
}

/// `labhost setup`: a cluster that is ready, and nothing more.
struct SetupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Build the cluster, wait until it is ready, and stop there.",
        discussion: "Example: labhost setup --provisioner dry-run --executor dry-run plans/poc.yaml"
    )

    @OptionGroup var options: PlanOptions
    @OptionGroup var telemetry: TelemetryOptions

    func run() async throws {
        try await ExperimentMaker(options: options, listen: telemetry.listen)
            .begin([.image, .provision, .ready], command: "setup")
    }
}

/// `labhost validate`: every fault in every file.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Find every fault in plans, with line and column.",
        discussion: "Example: labhost validate plans/poc.yaml"
    )

    @Argument(help: "Plans, as YAML files.", completion: .plans) var plans: [String]
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A value in place of the plans' own, as YAML; may be repeated.", valueName: "path=value")
    )
    var values: [String] = []
    @Flag(help: "Print JSON, one object for each fault.") var json = false

    func run() throws {
        let catalog = try LabHostTool.currentCatalog()
        var faults = 0
        for plan in plans {
            switch PlanLoading.load(plan, values: values, catalog: catalog) {
            case .success(let (loaded, _)):
                if !json {
                    let cells = try Scheduler.schedule(loaded).cells.count
                    print("\(Printable.line(plan)): valid, \(SchedulePreview.counted(cells, "cell"))")
                }
            case .failure(let failure):
                faults += failure.diagnostics.count
                if json {
                    for diagnostic in failure.diagnostics {
                        print(String(decoding: try JSONCoding.encode(diagnostic), as: UTF8.self), terminator: "")
                    }
                } else {
                    print(failure.rendered, terminator: "")
                }
            }
        }
        if faults > 0 { throw ExitCode(LabError.Code.invalidPlan.exitCode) }
    }
}
