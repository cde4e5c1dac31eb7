import ArgumentParser
import LabHost
import PluginAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `labhost compare`: two experiments, metric by metric.
struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two experiments, metric by metric, and say how sure that is.",
        discussion: """
            Cells are matched by what they measure, or else by name. Invalid cells are never compared. A change counts from \
            the threshold on (5 % where none is given) and when chance does not explain it. With --fail-on regression the \
            exit code is 14 when a metric with a threshold became worse, or any metric when no threshold is given.

            Example: labhost compare main latest --threshold p99_latency=5% --fail-on regression
            """
    )

    /// What ends in exit code 14.
    enum Failure: String, ExpressibleByArgument, CaseIterable {
        case regression
    }

    @Argument(
        help: "What to compare with: an experiment's id, a unique prefix of one, latest, or a baseline.",
        completion: .experiments
    )
    var first: String
    @Argument(help: "What to compare: named in the same ways.", completion: .experiments) var second: String
    @Option(
        name: .customLong("threshold"),
        help: ArgumentHelp("The change that matters; may be repeated.", valueName: "p99_latency=5%"),
        transform: Threshold.parse
    )
    var thresholds: [Threshold] = []
    @Option(
        name: .customLong("metric"),
        help: "Only this metric; may be repeated.",
        transform: MetricOption.parse
    )
    var metrics: [Metric] = []
    @Option(help: "Exit with 14 on a regression.") var failOn: Failure?
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let store = try ExperimentStore(environment: Environment.all)
        let directories = (try store.find(first), try store.find(second))
        let history = try await HistoryAccess.open(store, knowing: [directories.0, directories.1])
        let named = Dictionary(thresholds.map { ($0.metric, $0.share) }) { $1 }
        let options = Comparison.Options(
            metrics: metrics.isEmpty ? [] : metrics + named.keys.filter { !metrics.contains($0) },
            thresholds: named
        )
        let comparison = try await Comparison(
            directories.0.id.rawValue,
            directories.1.id.rawValue,
            in: history,
            options: options
        )
        print(
            json
                ? String(decoding: try JSONCoding.encode(comparison, pretty: true), as: UTF8.self)
                : ComparisonText.render(comparison),
            terminator: ""
        )
        if failOn == .regression { try fail(on: comparison, only: Set(named.keys)) }
    }

    private func fail(on comparison: Comparison, only metrics: Set<Metric>) throws {
        guard comparison.pairs.contains(where: { !$0.metrics.isEmpty }) else {
            // Nothing compared is no proof that nothing is worse.
            throw LabError(
                .failed,
                "no cell of \(comparison.second) can be compared with one of \(comparison.first)",
                hint: "labhost show \(comparison.second)"
            )
        }
        for metric in metrics.sorted(by: { $0.name < $1.name }) {
            let verdicts = comparison.pairs.flatMap(\.metrics).filter { $0.metric == metric }.map(\.verdict)
            if verdicts.allSatisfy({ $0 == .notEnoughData }) {
                Terminal.write("warning: \(metric.name) could not be decided: not enough data\n", to: STDERR_FILENO)
            }
        }
        let worse = comparison.regressions(in: metrics)
        guard !worse.isEmpty else { return }
        throw LabError(
            .regression,
            "\(worse.count) \(worse.count == 1 ? "metric" : "metrics") became worse",
            cause: worse.prefix(10).map { cell, metric in
                "\(Printable.line(cell)): \(metric.metric.title) "
                    + "\(metric.metric.text(metric.first)) → \(metric.metric.text(metric.second))"
            }.joined(separator: "\n")
        )
    }
}

/// A metric and the change of it that matters.
struct Threshold: Sendable {
    var metric: Metric
    /// 0.05 for 5 %.
    var share: Double

    /// Reads `p99_latency=5%`.
    @Sendable static func parse(_ text: String) throws -> Threshold {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts[1].hasSuffix("%"), let percent = Double(parts[1].dropLast()), percent.isFinite,
            percent >= 0
        else { throw ValidationError("--threshold takes METRIC=PERCENT, such as p99_latency=5%") }
        return Threshold(metric: try MetricOption.parse(parts[0]), share: percent / 100)
    }
}
