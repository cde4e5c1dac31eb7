import PluginAPI

/// The most that an experiment may cost in USD: refused above it before it begins, and stopped before it is passed.
public struct Budget: Sendable, Hashable {
    /// The most that may be spent.
    public var limit: Double

    /// Makes a budget.
    public init(limit: Double) { self.limit = limit }

    /// Refuses a plan that is likely to cost more, or of which nobody knows what it costs.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/budget`` that says which cells would fit.
    public func check(_ forecast: CostForecast) throws {
        guard let expected = forecast.range.expected.usd else {
            throw LabError(
                .budget,
                "what the plan costs is not known, so that its limit of \(Figures.usd(limit)) could not be kept",
                cause: ([forecast.range.expected.reason].compactMap(\.self) + forecast.notes).joined(separator: "\n"),
                hint: "let LabHost ask for prices (labhost policy prints what it needs), or --max-cost none"
            )
        }
        guard expected > limit else { return }
        let fitting = forecast.cells(within: limit)
        let count = forecast.clusters.reduce(0) { $0 + $1.cells.count }
        let names = fitting.prefix(10).map(\.name).joined(separator: ", ") + (fitting.count > 10 ? " …" : "")
        throw LabError(
            .budget,
            "the plan is likely to cost \(Figures.usd(expected)), above its limit of \(Figures.usd(limit))",
            cause: fitting.isEmpty
                ? "not one cell would fit: building and deleting the first cluster and its first cell cost more"
                : "\(fitting.count) of \(count) cells would fit: \(names)",
            hint: Self.hint(forecast, fitting, expected)
        )
    }

    private static func hint(_ forecast: CostForecast, _ fitting: [CostForecast.Cell], _ expected: Double) -> String {
        let enough = "--max-cost \(Figures.decimal((expected * 1.1 * 100).rounded(.up) / 100, places: 2))"
        // Runs of which every cell fits can be asked for by name.
        let names = Set(fitting.map(\.name))
        let all = forecast.clusters.flatMap(\.cells)
        let runs = all.map(\.run).uniqued().filter { run in
            all.allSatisfy { $0.run != run || names.contains($0.name) }
        }
        return runs.isEmpty ? enough : "--only \(runs.joined(separator: ",")), or \(enough)"
    }

    /// Whether what was spent, what is about to be done and the teardown fit.
    ///
    /// - Parameters:
    ///   - spending: What was spent, and what an hour costs; nil when nothing costs anything.
    ///   - time: How long what is about to be done takes, the teardown not counted.
    ///   - what: What is about to be done: `measuring fixed-10k`; nil when the question is whether to go on.
    /// - Returns: Why not; nil when it fits.
    func fault(_ spending: Spending?, for time: Duration, _ what: String?) -> LabError? {
        guard let spending else { return nil }
        guard let spent = spending.spent.usd, let perHour = spending.perHour.usd else {
            return LabError(
                .budget,
                "what the experiment costs is not known any more, so that its limit of \(Figures.usd(limit)) cannot be kept",
                cause: spending.spent.reason ?? spending.perHour.reason,
                hint: "--max-cost none"
            )
        }
        let need = perHour * ((time + Scheduler.teardownTime) / .seconds(3600))
        guard spent + need >= limit else { return nil }
        let why = what.map { "\($0) and tearing down" } ?? "tearing down"
        return LabError(
            .budget,
            "stopped before the limit of \(Figures.usd(limit)): \(Figures.usd(spent)) are spent, and \(why) takes "
                + "\(Figures.usd(need))",
            hint: "the results so far are kept; a new run with a higher --max-cost measures the others"
        )
    }

    /// How long it may go on at the present rate before it has to be torn down; nil when nothing costs anything.
    func timeLeft(_ spending: Spending?) -> Duration? {
        guard let spent = spending?.spent.usd, let perHour = spending?.perHour.usd, perHour > 0 else { return nil }
        return .seconds(max((limit - spent) / perHour * 3600, 0)) - Scheduler.teardownTime
    }
}
