import ArgumentParser
import LabHost
import PluginAPI
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `labhost history`: what was measured over all experiments, and what it cost.
struct HistoryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Show what was measured, over all experiments; with --metric, how it changed.",
        discussion: """
            With --metric, every cell is followed over the experiments that measured it: as a chart on a terminal, as rows \
            elsewhere, and as a page with --html. Where a new level begins is marked. With --cost, what experiments cost is \
            summed by month and tag.

            Example: labhost history --plan poc --metric p99_latency
            """
    )

    @Option(help: "The metric to follow, such as p99_latency.", transform: MetricOption.parse) var metric: Metric?
    @Option(help: "Only the experiments of this plan.") var plan: String?
    @Option(help: "How many at most, the newest: of cells 50, and of experiments in a trend 200.") var limit: Int?
    @Option(help: ArgumentHelp("Write the trend as a page of its own.", valueName: "file")) var html: String?
    @Flag(help: "Sum what experiments cost, by month and tag.") var cost = false
    @Flag(help: "Make the history anew from the experiments' directories first.") var rebuild = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit takes a whole number from 1 on") }
        if html != nil, metric == nil { throw ValidationError("--html is a page of one metric: say --metric, too") }
        if cost, metric != nil { throw ValidationError("--cost and --metric are two questions: ask one") }
    }

    func run() async throws {
        let history = try await HistoryAccess.open(ExperimentStore(environment: Environment.all), rebuilding: rebuild)
        if cost {
            let sums = try history.costs(plan: plan)
            let none = "no experiment that fits has a cost yet\n"
            try answer(sums.rows, sums.rows.isEmpty ? none : sums.text)
        } else if let metric {
            try show(
                Trend(
                    of: metric,
                    in: history.figures(of: metric, plan: plan),
                    limit: limit ?? 200
                )
            )
        } else {
            let cells = try history.cells(.init(plan: plan, limit: limit ?? 50))
            let none = "nothing was measured yet that fits; labhost run PLAN measures\n"
            try answer(cells, cells.isEmpty ? none : HistoryTable.render(cells, metrics: []))
        }
    }

    /// Rows as one object a line, or as text.
    private func answer(_ rows: [some Encodable], _ text: String) throws {
        guard json else { return print(text, terminator: "") }
        for row in rows { print(String(decoding: try JSONCoding.encode(row), as: UTF8.self), terminator: "") }
    }

    private func show(_ trend: Trend) throws {
        if let html {
            try LocalFile.write(Array(TrendPage.html(trend).utf8), to: FilePath(html))
            if !json { print("written: \(html)") }
        } else if !json {
            try show(trend, isTerminal: isatty(STDOUT_FILENO) == 1)
        }
        if json { print(String(decoding: try JSONCoding.encode(trend, pretty: true), as: UTF8.self), terminator: "") }
    }

    private func show(_ trend: Trend, isTerminal: Bool) throws {
        guard !trend.series.isEmpty else {
            return print("nothing was measured yet that fits; labhost run PLAN measures")
        }
        guard isTerminal else { return print(TrendChart.table(trend), terminator: "") }
        print(TrendChart.draw(trend, width: Terminal(environment: Environment.all).width), terminator: "")
    }
}

/// The metric of a flag.
enum MetricOption {
    /// Reads its name.
    @Sendable static func parse(_ text: String) throws -> Metric {
        guard let metric = Metric(name: text) else {
            let known = Metric.allCases.map(\.name).joined(separator: ", ")
            throw ValidationError("there is no metric \(Printable.quoted(text)); known: \(known)")
        }
        return metric
    }
}
