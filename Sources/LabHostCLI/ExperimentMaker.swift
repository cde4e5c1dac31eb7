import AWS
import Document
import LabHost
import PacerBuilder
import PluginAPI
import Pulsar
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Turns a plan and the flags into an experiment, and begins it.
struct ExperimentMaker {
    let options: PlanOptions
    /// Where metrics of the run itself are served; nil for nowhere.
    var listen: ListenAddress?
    private let environment = Environment.all

    /// Checks everything that can be checked without the outside, makes the experiment's directory, and takes the steps.
    func begin(_ steps: Set<Step>, command: String) async throws {
        let catalog = try LabHostTool.currentCatalog()
        let (plan, source) = try load(catalog)
        let schedule = try options.schedule(of: plan)
        let experiment = try make(plan, catalog: catalog)
        let descriptors = try experiment.descriptors(in: catalog)
        try catalog.checkCapabilities(of: descriptors)

        let store = try ExperimentStore(environment: environment)
        let directory = try store.create(experiment.id)
        try directory.freeze(experiment, schedule, plan: source)
        let session = try await Session(
            experiment,
            schedule,
            in: directory,
            options: Session.WorkOptions(isJSON: options.json, assumesYes: options.yes, listen: listen),
            environment: environment
        )
        do { try await session.preflight() } catch {
            // Nothing was created and nothing will be: what is left of the attempt is of no use to anybody.
            try? directory.remove()
            throw LabError(error, code: .preflight, while: "the preflight")
        }
        let forecast: CostForecast
        do {
            forecast = try await self.forecast(plan, schedule, experiment, asking: true)
            try experiment.maxCostUSD.map(Budget.init(limit:))?.check(forecast)
        } catch {
            try? directory.remove()
            throw error
        }
        try store.markLatest(experiment.id)
        try await session.work(steps, command: command, foreword: forecast.summary)
    }

    /// What the plan is likely to cost, and what it may.
    func forecast(online: Bool) async throws -> (CostForecast, Budget?) {
        let catalog = try LabHostTool.currentCatalog()
        let (plan, _) = try load(catalog)
        let schedule = try options.schedule(of: plan)
        let experiment = try make(plan, catalog: catalog)
        let forecast = try await forecast(plan, schedule, experiment, asking: online)
        return (forecast, experiment.maxCostUSD.map(Budget.init(limit:)))
    }

    private func forecast(_ plan: Plan, _ schedule: Schedule, _ experiment: Experiment, asking: Bool) async throws
        -> CostForecast
    {
        let times = try await times(of: plan, schedule)
        return try await withOutlook(experiment) { outlook in
            try await outlook.forecast(schedule, maxDuration: plan.maxDuration, times: times, asking: asking)
        }
    }

    /// What earlier experiments say. A forecast without them is worth less, and still worth having.
    private func times(of plan: Plan, _ schedule: Schedule) async throws -> MeasuredTimes {
        let store = try ExperimentStore(environment: environment)
        do { return try await MeasuredTimes(of: store, plan: plan.name, cells: schedule.cells) } catch {
            Terminal.write("warning: the forecast does without the history: \(error)\n", to: STDERR_FILENO)
            return MeasuredTimes()
        }
    }

    /// Looks ahead with plugins that have a directory for as long as that takes.
    private func withOutlook<Result>(
        _ experiment: Experiment,
        seams: Seams? = nil,
        _ body: (Outlook) async throws -> Result
    ) async throws -> Result {
        let scratch = FilePath(FileManager.default.temporaryDirectory.path).appending("labhost-plan-\(experiment.id)")
        defer { try? FileManager.default.removeItem(atPath: scratch.string) }
        return try await body(
            Outlook(
                experiment: experiment,
                catalog: LabHostTool.currentCatalog(),
                system: PulsarSystem(),
                seams: seams ?? Seams.standard(environment: environment),
                scratch: scratch
            )
        )
    }

    /// What ``begin(_:command:)`` would do.
    func preview(online: Bool) async throws -> SchedulePreview {
        let catalog = try LabHostTool.currentCatalog()
        let (plan, _) = try load(catalog)
        let schedule = try options.schedule(of: plan)
        let experiment = try make(plan, catalog: catalog)
        try catalog.checkCapabilities(of: experiment.descriptors(in: catalog))
        let times = try await times(of: plan, schedule)
        let (resources, cost) = try await withOutlook(experiment) { outlook in
            (
                try await online ? outlook.online(schedule) : outlook.offline(schedule),
                try await outlook.forecast(schedule, maxDuration: plan.maxDuration, times: times, asking: online)
            )
        }
        return SchedulePreview(
            plan,
            schedule,
            plugins: [
                "image": experiment.image.id, "provisioner": experiment.provisioner.id,
                "executor": experiment.executor.id, "runner": experiment.runner.id,
                "metrics": (experiment.metrics ?? []).map(\.id).joined(separator: ","),
                "reporters": experiment.reporters.map(\.id).joined(separator: ","),
            ],
            resources: resources,
            cost: cost
        )
    }

    /// What the plan's plugins must be allowed to do in AWS.
    func policy() throws -> AccessPolicy {
        let catalog = try LabHostTool.currentCatalog()
        let (plan, _) = try load(catalog)
        guard let policy = try policy(plan, make(plan, catalog: catalog), catalog) else {
            throw LabError(.usage, "the plugins of \(options.plan) do not call AWS: no policy is needed")
        }
        return policy
    }

    private func policy(_ plan: Plan, _ experiment: Experiment, _ catalog: Catalog) throws -> AccessPolicy? {
        let actions =
            try experiment.descriptors(in: catalog).flatMap(\.actions)
            + (experiment.image.id == PacerBuilder.descriptor.id ? PacerBuilder.actions(for: plan.imageRequest) : [])
        guard !actions.isEmpty else { return nil }
        return AccessPolicy(
            actions: actions,
            project: "labhost",
            names: options.experimentID ?? "exp-",
            bucket: try bucket(of: experiment.executor)
        )
    }

    /// Hands over what `labhost doctor` looks at, with plugins that have a directory for as long as that takes.
    func withSubject<Result>(
        seams: Seams,
        _ body: (Doctor.Subject, CloudSettings) async throws -> Result
    ) async throws -> Result {
        let catalog = try LabHostTool.currentCatalog()
        let (plan, _) = try load(catalog)
        let schedule = try options.schedule(of: plan)
        let experiment = try make(plan, catalog: catalog)
        try catalog.checkCapabilities(of: experiment.descriptors(in: catalog))
        let policy = try policy(plan, experiment, catalog)
        let provides = try catalog.entry(experiment.provisioner.id, for: .provision).descriptor.provides
        return try await withOutlook(experiment, seams: seams) { outlook in
            let subject = Doctor.Subject(
                outlook: outlook,
                schedule: schedule,
                executor: experiment.executor.id,
                policy: policy,
                creates: provides.contains(.resourceLedger)
            )
            return try await body(subject, experiment.cloud)
        }
    }

    private func bucket(of executor: Experiment.Choice) throws -> String? {
        try executor.options.flatMap {
            try YAML.parse(Array($0.utf8), file: "options of \(executor.id)")["bucket"]?.text
        }
    }

    /// The plan, and what is worth saying about it.
    private func load(_ catalog: Catalog) throws -> (plan: Plan, source: [UInt8]) {
        let loaded = try PlanLoading.load(options.plan, values: options.settings, catalog: catalog).get()
        if !loaded.plan.warnings.isEmpty {
            Terminal.write(PlanFaults(loaded.plan.warnings, sources: []).rendered, to: STDERR_FILENO)
        }
        return loaded
    }

    private func make(_ plan: Plan, catalog: Catalog) throws -> Experiment {
        let now = Date()
        let expiry = now.addingTimeInterval(plan.maxDuration / .seconds(1))
        let id = try options.experimentID.map(Self.parsed) ?? ExperimentStore.newID(at: now)
        let choices = try Choices(plan, options, catalog: catalog)
        return Experiment(
            id: id,
            planName: plan.name,
            planDescription: plan.description,
            planFile: options.plan,
            labhostVersion: BuildFacts.current.identifier,
            createdAt: now,
            expiry: expiry,
            leaseSeconds: Int((plan.unattended / .seconds(1)).rounded()),
            image: choices.image,
            provisioner: choices.provisioner,
            executor: choices.executor,
            runner: choices.runner,
            metrics: choices.metrics,
            reporters: choices.reporters,
            imageRequest: plan.imageRequest,
            driver: plan.driver,
            cloud: try cloud(of: plan),
            tags: try tags(of: plan, id: id, expiry: expiry),
            isSimulated: choices.isSimulated,
            keep: options.keep ?? plan.keep,
            maxCostUSD: options.maxCost.map(\.limit) ?? plan.maxCostUSD,
            highlights: plan.highlights,
            includesRawData: plan.includesRawData,
            arguments: options.lastingFlags
        )
    }

    private func cloud(of plan: Plan) throws -> CloudSettings {
        var cloud = plan.cloud
        cloud.profile = options.profile ?? cloud.profile
        cloud.region = options.region ?? cloud.region
        cloud.region = try AWSRegion.resolve(plan: cloud.region, profile: cloud.profile, environment: environment)
        // Frozen with the experiment, so that a later teardown asks the same place.
        cloud.endpoint = cloud.endpoint ?? environment["AWS_ENDPOINT_URL"].flatMap { $0.isEmpty ? nil : $0 }
        return cloud
    }

    private func tags(of plan: Plan, id: ExperimentID, expiry: Date) throws -> [String: String] {
        var tags = plan.tags
        for tag in options.tags {
            let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let (key, value) = (String(parts[0]), String(parts[1]))
            if let fault = TagRules.fault(key: key, value: value) {
                throw LabError(.usage, "--tag \(Printable.quoted(tag)): \(fault)")
            }
            tags[key] = value
        }
        tags["Project"] = "labhost"
        tags["ManagedBy"] = "labhost"
        tags["ExperimentID"] = id.rawValue
        tags["ExpiresAt"] = Timestamps.iso(expiry)
        return tags
    }

    private static func parsed(_ text: String) throws -> ExperimentID {
        guard let id = ExperimentID(rawValue: text) else {
            throw LabError(
                .usage,
                "\(Printable.quoted(text)) is not an experiment id",
                hint: "1 to 60 characters of a-z, 0-9 and hyphens"
            )
        }
        return id
    }
}

/// Which plugins serve an experiment: a flag wins over the plan, the plan over what goes with the provisioner.
private struct Choices {
    let image: Experiment.Choice
    let provisioner: Experiment.Choice
    let executor: Experiment.Choice
    let runner: Experiment.Choice
    let metrics: [Experiment.Choice]
    let reporters: [Experiment.Choice]
    let isSimulated: Bool

    init(_ plan: Plan, _ options: PlanOptions, catalog: Catalog) throws {
        func choose(
            _ flag: String?,
            _ planned: Experiment.Choice?,
            _ phase: Phase,
            _ standard: String
        ) throws -> Experiment.Choice {
            let choice = Self.pick(flag, planned) ?? Experiment.Choice(id: standard)
            return Experiment.Choice(
                id: try catalog.entry(choice.id, for: phase).descriptor.id,
                options: choice.options
            )
        }
        provisioner = try choose(options.provisioner, plan.provisioner, .provision, "terraform")
        let companions = try catalog.entry(provisioner.id, for: .provision).descriptor.companions
        image = try choose(options.imageBuilder, plan.image, .image, companions[.image] ?? "packer")
        executor = try choose(options.executor, plan.executor, .execute, companions[.execute] ?? "ssm")
        runner = try choose(options.runner, plan.runner, .benchmark, companions[.benchmark] ?? "omb")
        let wanted =
            try options.reporters.map { PlanOptions.words($0).map { Experiment.Choice(id: $0) } }
            ?? plan.reporters ?? Self.usualReporters(provisioner: provisioner, catalog)
        reporters = try wanted.map { reporter in
            try choose(reporter.id, plan.reporters?.first { $0.id == reporter.id }, .report, reporter.id)
        }
        isSimulated = try [(provisioner, Phase.provision), (executor, .execute)].contains { choice, phase in
            try catalog.entry(choice.id, for: phase).descriptor.provides.contains(.simulated)
        }
        let made = try [(provisioner, Phase.provision), (executor, .execute), (runner, .benchmark)]
            .flatMap { choice, phase in try catalog.entry(choice.id, for: phase).descriptor.provides }
        let collectors =
            try
            (options.metrics.map { PlanOptions.words($0).map { Experiment.Choice(id: $0) } }
            ?? plan.metrics ?? Self.usualCollectors(given: made, catalog)).map { collector in
                try choose(collector.id, plan.metrics?.first { $0.id == collector.id }, .metrics, collector.id)
            }
        // A rehearsal has neither the instances nor the account that some need.
        metrics =
            isSimulated
            ? try collectors.filter {
                try catalog.entry($0.id, for: .metrics).descriptor.requires.isSubset(of: made)
            } : collectors
    }

    /// What looks inside the cluster when nobody says: what the runner samples anyway.
    private static func usualCollectors(given capabilities: [Capability], _ catalog: Catalog) -> [Experiment.Choice] {
        catalog.entries(for: .metrics).filter { entry in
            entry.descriptor.requires == [.hostSamples] && capabilities.contains(.hostSamples)
        }.map { Experiment.Choice(id: $0.descriptor.id) }
    }

    /// What is written when nobody says: the page, the files for programs, and the cost where somebody keeps a ledger.
    private static func usualReporters(
        provisioner: Experiment.Choice,
        _ catalog: Catalog
    ) throws -> [Experiment.Choice] {
        let hasLedger = try catalog.entry(provisioner.id, for: .provision).descriptor.provides.contains(.resourceLedger)
        return (["html", "json", "csv"] + (hasLedger ? ["cost"] : [])).map { Experiment.Choice(id: $0) }
    }

    /// A flag keeps the plan's options when it names the plan's plugin; another plugin has none.
    private static func pick(_ flag: String?, _ planned: Experiment.Choice?) -> Experiment.Choice? {
        guard let flag else { return planned }
        return planned?.id == flag ? planned : Experiment.Choice(id: flag)
    }
}
