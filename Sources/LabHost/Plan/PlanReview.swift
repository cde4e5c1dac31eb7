import Document
import PluginAPI

/// Makes the parts of a plan, and finds the faults that a schema cannot express.
///
/// A section in which the schema found a fault is left alone, and so is whatever depends on it: one mistake gives one
/// message.
struct PlanReview {
    /// The plan with every default in place.
    let root: Node
    let system: any SystemUnderTest
    let optionKeys: PlanLoader.OptionKeys
    private(set) var validator: SchemaValidator
    let faulty: Set<String>

    init(
        root: Node,
        system: any SystemUnderTest,
        optionKeys: @escaping PlanLoader.OptionKeys,
        validator: SchemaValidator
    ) {
        self.root = root
        self.system = system
        self.optionKeys = optionKeys
        self.validator = validator
        let errors = validator.diagnostics.filter { $0.severity == .error }
        faulty = Set(errors.map { String($0.path.prefix { $0 != "." && $0 != "[" }) })
    }

    /// The plan; nil when any part of it has a fault that keeps it from being read.
    mutating func plan() -> Plan? {
        let header = header()
        let reporting = section("reporting", as: PlanDocument.Reporting.self)
        let plugins = plugins(formats: reporting?.outputFormat)
        let cloud = cloud()
        let image = image()
        let spec = cluster()
        let limits = limits()
        let driver = driver()
        let runs = runs(limits: limits)
        guard let header, let reporting, let plugins, let cloud, let image, let spec, let limits, let runs else {
            return nil
        }
        let plan = Plan(
            name: Slug.make(header.name),
            description: header.description,
            image: plugins.single[.image],
            provisioner: plugins.single[.provision],
            executor: plugins.single[.execute],
            runner: plugins.single[.benchmark],
            metrics: plugins.metrics,
            reporters: plugins.reporters,
            pluginMarks: plugins.marks,
            imageRequest: image,
            cloud: cloud,
            spec: spec,
            specs: runs.specs,
            hostGroups: hostGroups(of: runs.specs),
            driver: driver,
            tags: header.tags,
            maxDuration: limits.maxDuration.value,
            maxCostUSD: limits.maxCostUSD,
            unattended: limits.unattended.value,
            cellTimeout: limits.cellTimeout.value,
            keep: limits.keep,
            runs: runs.runs,
            repetitions: header.repetitions,
            isRandomized: header.order == "randomized",
            seed: header.seed.map { UInt64($0) },
            onCellFailure: header.onCellFailure,
            highlights: reporting.metricsToHighlight,
            includesRawData: reporting.includeRawData,
            warnings: []
        )
        checkSize(of: plan)
        return plan
    }

    private func hostGroups(of specs: [ClusterSpec]) -> [Int] {
        var numbers: [ClusterSpec: Int] = [:]
        return specs.map { spec in
            let hosts = system.infrastructure(of: spec)
            let number = numbers[hosts] ?? numbers.count
            numbers[hosts] = number
            return number
        }
    }

    /// An experiment that runs into its own end loses what it has not measured by then.
    private mutating func checkSize(of plan: Plan) {
        guard errorCount == 0 else { return }
        let path = PlanPath() / "test_runs"
        let cells = plan.runs.reduce(0) { $0 + $1.variants.count } * plan.repetitions
        if cells > Scheduler.mostCells {
            report("\(Figures.grouped(cells)) cells are more than \(Figures.grouped(Scheduler.mostCells))", path)
            return
        }
        let (expected, worst) = plan.durations
        let limit = "limits.max_duration is \(DurationText.text(plan.maxDuration))"
        if expected > plan.maxDuration {
            report("all takes about \(DurationText.text(expected.inMinutes)), and \(limit)", path)
        } else if worst > plan.maxDuration {
            let message = "all takes up to \(DurationText.text(worst.inMinutes)), and \(limit)"
            validator.report(message, at: root.mark(for: path), path: path, severity: .warning)
        }
    }

    // MARK: Tools

    /// How many faults were found so far.
    var errorCount: Int { validator.diagnostics.count { $0.severity == .error } }

    /// A section's values; nil when the schema found a fault in it.
    mutating func section<Value: Decodable>(_ name: String, as type: Value.Type) -> Value? {
        guard !faulty.contains(name), let node = root[name] else { return nil }
        return decode(type, from: node)
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type, from node: Node) -> Value? {
        do throws(DocumentError) {
            return try NodeDecoder().decode(type, from: node)
        } catch {
            report(error.message, at: error.mark, PlanPath())
            return nil
        }
    }

    /// Reports a fault; one that several combinations of the matrix have is said once.
    mutating func report(_ message: String, at mark: SourceMark, _ path: PlanPath) {
        guard !validator.diagnostics.contains(Diagnostic(at: mark, path: path.description, message)) else { return }
        validator.report(message, at: mark, path: path)
    }

    /// Reports a fault at a path's value, or at the nearest value above it that somebody wrote.
    mutating func report(_ message: String, _ path: PlanPath) {
        report(message, at: root.mark(for: path), path)
    }

    mutating func check(_ node: Node, against schema: Schema, at path: PlanPath) {
        validator.check(node, against: schema, at: path)
    }
}
