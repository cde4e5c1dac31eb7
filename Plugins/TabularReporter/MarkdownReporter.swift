public import PluginAPI

/// Writes `summary.md`: the answer and the cells on one page, for pull requests and wikis.
public struct MarkdownReporter: Reporter {
    /// Needs nothing.
    public static let descriptor = PluginDescriptor(
        id: "markdown",
        phase: .report,
        summary: "summary.md: the answer and the cells, for pull requests"
    )

    /// The most cells in the table: GitHub takes comments of 65,536 characters.
    static let mostCells = 100
    /// The most cells whose reasons are listed.
    static let mostReasons = 30

    /// Makes the reporter.
    public init(options: NoOptions, context: PluginContext) {}

    /// The one file.
    public func report(_ record: ExperimentRecord) async throws -> [ReportFile] {
        let parts = [heading(record), answer(record), table(record), reasons(record), foot(record)]
        let text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
        return [ReportFile(name: "summary.md", content: Array(text.utf8))]
    }

    private func heading(_ record: ExperimentRecord) -> String {
        var lines = ["## \(MarkdownText.escaped(record.planName))"]
        if let description = record.planDescription { lines += ["", MarkdownText.escaped(description)] }
        if record.isSimulated {
            lines += ["", "> **Simulated.** These numbers come from a model. Nothing was measured."]
        }
        let open = record.cells.count { $0.outcome == nil }
        if open > 0 { lines += ["", "> **Partial.** \(open) of \(record.cells.count) cells have no outcome."] }
        for phase in record.phases {
            guard let error = phase.error else { continue }
            lines += ["", "**\(MarkdownText.escaped(phase.name)) failed:** \(MarkdownText.escaped(error.message))"]
        }
        return lines.joined(separator: "\n")
    }

    private func answer(_ record: ExperimentRecord) -> String {
        let counts = [Verdict.valid, .suspect, .invalid].compactMap { verdict in
            let count = record.cells.count { $0.outcome?.verdict == verdict }
            return count > 0 ? "\(count) \(verdict.rawValue)" : nil
        }
        let known = record.highlights.compactMap(Metric.init(name:))
        let metrics: [Metric] = known.isEmpty ? [.throughput, .p99Latency] : known
        var lines = metrics.compactMap { best(by: $0, record) }
        if !counts.isEmpty { lines.append("- cells: \(counts.joined(separator: ", "))") }
        switch record.costs?.total {
        case .usd(let amount): lines.append("- cost: $\(Figures.decimal(amount, places: 2))")
        case .unknown(let reason): lines.append("- cost: unknown (\(MarkdownText.escaped(reason)))")
        case nil: break
        }
        return lines.joined(separator: "\n")
    }

    /// The best valid cell by a metric; a suspect one is not called best.
    private func best(by metric: Metric, _ record: ExperimentRecord) -> String? {
        let valued = record.cells.compactMap { cell -> (name: String, value: Double)? in
            guard let outcome = cell.outcome, outcome.verdict == .valid else { return nil }
            return metric.value(of: cell.cell, outcome, costs: record.costs?.cells[cell.cell.name])
                .map { (cell.cell.name, $0) }
        }
        let isHigher = metric.direction == .higherIsBetter
        let best = isHigher ? valued.max { $0.value < $1.value } : valued.min { $0.value < $1.value }
        guard let best else { return nil }
        let value = metric.unit == "USD" ? Figures.decimal(best.value, places: 5) : Self.number(best.value)
        return "- \(isHigher ? "highest" : "lowest") \(metric.title): **\(value) \(metric.unit)** "
            + "(\(MarkdownText.escaped(best.name)))"
    }

    private func table(_ record: ExperimentRecord) -> String {
        guard !record.cells.isEmpty else { return "" }
        var lines = [
            "| cell | verdict | target/s | published/s | p50 ms | p99 ms | p99.9 ms |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
        ]
        for cell in record.cells.prefix(Self.mostCells) {
            let target = cell.cell.workload.producerRate ?? cell.outcome?.finding?.lastGoodRate
            // The numbers of an invalid cell mean nothing.
            let result = cell.outcome?.verdict == .invalid ? nil : cell.outcome?.result
            let numbers = [
                target.map(Figures.grouped), result.map { Self.number($0.publishRate) },
                result.map { Self.number($0.publishLatency.p50Ms) },
                result.map { Self.number($0.publishLatency.p99Ms) },
                result.map { Self.number($0.publishLatency.p999Ms) },
            ]
            let verdict = Self.mark(cell.outcome?.verdict)
            let fields = [MarkdownText.escaped(cell.cell.name), verdict] + numbers.map { $0 ?? "–" }
            lines.append("| \(fields.joined(separator: " | ")) |")
        }
        let rest = record.cells.count - Self.mostCells
        if rest > 0 { lines += ["", "\(rest) more cells are in results.csv."] }
        return lines.joined(separator: "\n")
    }

    private static func number(_ value: Double) -> String {
        guard value >= 1000, let whole = Int(exactly: value.rounded()) else { return Figures.decimal(value, places: 2) }
        return Figures.grouped(whole)
    }

    private static func mark(_ verdict: Verdict?) -> String {
        switch verdict {
        case .valid: "✅ valid"
        case .suspect: "⚠️ suspect"
        case .invalid: "❌ invalid"
        case nil: "– no outcome"
        }
    }

    private func reasons(_ record: ExperimentRecord) -> String {
        let doubtful = record.cells.filter { !($0.outcome?.reasons.isEmpty ?? true) }
        guard !doubtful.isEmpty else { return "" }
        var lines = ["**What casts doubt on them**", ""]
        for cell in doubtful.prefix(Self.mostReasons) {
            let reasons = (cell.outcome?.reasons ?? []).prefix(5).map { MarkdownText.escaped(String($0.prefix(300))) }
            lines.append("- \(MarkdownText.escaped(cell.cell.name)): \(reasons.joined(separator: "; "))")
        }
        let rest = doubtful.count - Self.mostReasons
        if rest > 0 { lines.append("- and \(rest) more cells") }
        return lines.joined(separator: "\n")
    }

    private func foot(_ record: ExperimentRecord) -> String {
        "LabHost \(MarkdownText.escaped(record.labhostVersion)) · \(record.experiment.rawValue)"
            + (record.image?.pulsarVersion.map { " · Pulsar \(MarkdownText.escaped($0))" } ?? "")
    }
}
