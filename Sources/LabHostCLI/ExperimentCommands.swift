import ArgumentParser
import LabHost

/// The experiment that a command works on, and how it behaves meanwhile.
struct ExperimentOptions: ParsableArguments {
    @Argument(help: "An experiment's id, a unique prefix of one, or latest.", completion: .experiments) var experiment:
        String
    @Flag(help: "Print the events as JSON, one object a line.") var json = false

    /// Opens the experiment and takes the steps.
    func work(
        _ steps: Set<Step>,
        command: String,
        isResuming: Bool = false,
        maxCost: MaxCost? = nil,
        listen: ListenAddress? = nil
    ) async throws {
        let session = try await Session(
            reopening: experiment,
            for: steps,
            options: Session.WorkOptions(isJSON: json, assumesYes: true, maxCost: maxCost, listen: listen),
            environment: Environment.all
        )
        try await session.work(steps, command: command, isResuming: isResuming)
    }
}

/// `labhost resume`: what an earlier process did not come to.
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Carry on after a crash, an interruption or a reboot.",
        discussion: """
            What was being built is completed, a benchmark that ran on is followed again, and cells that have a result are \
            not measured again. At the end everything is torn down.

            Example: labhost resume latest
            """
    )

    @OptionGroup var options: ExperimentOptions
    @OptionGroup var telemetry: TelemetryOptions
    @Option(help: MaxCost.helpInstead, transform: MaxCost.init(argument:)) var maxCost: MaxCost?

    func run() async throws {
        try await options.work(
            Set(Step.allCases),
            command: "resume",
            isResuming: true,
            maxCost: maxCost,
            listen: telemetry.listen
        )
    }
}

/// `labhost bench`: the cells that have no valid result yet.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure the cells that have no result yet, on a cluster that is up.",
        discussion: "Example: labhost bench latest"
    )

    @OptionGroup var options: ExperimentOptions
    @OptionGroup var telemetry: TelemetryOptions
    @Option(help: MaxCost.helpInstead, transform: MaxCost.init(argument:)) var maxCost: MaxCost?

    func run() async throws {
        try await options.work(
            [.ready, .benchmark, .report],
            command: "bench",
            maxCost: maxCost,
            listen: telemetry.listen
        )
    }
}

/// `labhost report`: the report again, from what is on disk.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write the report again, from what is on disk.",
        discussion: "Example: labhost report latest"
    )

    @OptionGroup var options: ExperimentOptions
    @Flag(help: "Ask Cost Explorer what was billed (each question costs $0.01), and report that beside the estimate.")
    var refresh = false

    func run() async throws {
        var failure: (any Error)?
        if refresh { do { try await ask() } catch { failure = error } }
        // Without a bill the report is the estimate, which is more than no report.
        try await options.work([.report], command: "report")
        if let failure { throw failure }
    }

    private func ask() async throws {
        let environment = Environment.all
        let directory = try ExperimentStore(environment: environment).find(options.experiment)
        let seams = try Seams.standard(environment: environment)
        _ = try await CostAccess(directory, catalog: LabHostTool.currentCatalog(), seams: seams).bill(refresh: true)
    }
}

/// `labhost teardown`: everything that belongs to an experiment is deleted.
struct TeardownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "teardown",
        abstract: "Delete everything that belongs to an experiment, and verify it.",
        discussion: "Example: labhost teardown latest"
    )

    @OptionGroup var options: ExperimentOptions

    func run() async throws { try await options.work([.teardown], command: "teardown") }
}
