package import PluginAPI

/// What differs between the cells of two experiments.
package struct Comparison: Sendable, Encodable {
    /// A fact of the environment that is not the same.
    package struct Difference: Sendable, Hashable, Encodable {
        /// The fact; see ``EnvironmentFacts``.
        package var fact: String
        /// Its value in the first; nil where it is not known.
        package var first: String?
        /// Its value in the second; nil where it is not known.
        package var second: String?
        /// In how many of the compared cells it differs so.
        package var cells: Int
    }

    /// A cell that both have.
    package struct Pair: Sendable, Encodable {
        /// Its name in the first, without the number of a repetition.
        package var first: String
        /// Its name in the second.
        package var second: String
        /// Whether both measured the very same thing; otherwise only their names are alike.
        package var isSameContent: Bool
        /// How many repetitions have a result.
        package var repetitions: [Int]
        /// How many of them are suspect.
        package var suspect: Int
        /// The metrics that both have.
        package var metrics: [MetricComparison]

        private enum CodingKeys: String, CodingKey {
            case first, second, repetitions, suspect, metrics
            case isSameContent = "is_same_content"
        }
    }

    /// The experiment that is compared with.
    package var first: String
    /// The experiment that is compared.
    package var second: String
    /// What may explain the rest, first of all.
    package var environment: [Difference]
    /// The cells that both have.
    package var pairs: [Pair]
    /// The cells that only the first has.
    package var onlyInFirst: [String]
    /// The cells that only the second has.
    package var onlyInSecond: [String]
    /// The cells that were left out because their results are invalid.
    package var invalid: [String]

    private enum CodingKeys: String, CodingKey {
        case first, second, environment, invalid
        case pairs = "cells"
        case onlyInFirst = "only_in_first"
        case onlyInSecond = "only_in_second"
    }

    /// The metrics that are compared when none is asked for.
    package static let standardMetrics: [Metric] = [
        .throughput, .sustainedRate, .p50Latency, .p99Latency, .p999Latency, .endToEndP99Latency, .errorRate,
        .costPerMillionMessages,
    ]

    /// The change that matters where nothing else is said: 5 %.
    package static let standardThreshold = 0.05

    /// How two experiments are compared.
    package struct Options: Sendable {
        /// The metrics to compare.
        package var metrics: [Metric]
        /// The change that matters, as a share, where it is not the standard one.
        package var thresholds: [Metric: Double]
        /// What drawing begins with.
        package var seed: UInt64

        /// Makes options.
        package init(metrics: [Metric] = [], thresholds: [Metric: Double] = [:], seed: UInt64 = 1) {
            let standard = Comparison.standardMetrics
            let more = Metric.allCases.filter { thresholds[$0] != nil && !standard.contains($0) }
            self.metrics = metrics.isEmpty ? standard + more : metrics
            self.thresholds = thresholds
            self.seed = seed
        }
    }

    /// Compares two experiments, cell by cell and metric by metric.
    ///
    /// What the metrics of a few cells are made of is read, compared and forgotten before the next: memory holds the results
    /// of any number of cells, and the period series of none.
    ///
    /// - Parameters:
    ///   - first: The experiment to compare with.
    ///   - second: The experiment that is compared.
    ///   - history: A history that knows both.
    ///   - options: How they are compared.
    /// - Throws: ``LabError`` when the history cannot be read.
    package init(
        _ first: String,
        _ second: String,
        in history: History,
        options: Options = Options()
    ) async throws {
        (self.first, self.second) = (first, second)
        let matching = CellMatching(
            try await history.figures(of: options.metrics, experiment: first),
            try await history.figures(of: options.metrics, experiment: second)
        )
        onlyInFirst = matching.onlyInFirst
        onlyInSecond = matching.onlyInSecond
        invalid = matching.invalid
        environment = Self.differences(in: matching.pairs)
        pairs = try await matching.pairs.mapSlices { try await CellComparing(history, options).compare($0) }
    }

    private static func differences(in pairs: [CellMatching.Pair]) -> [Difference] {
        struct Key: Hashable {
            var fact: String
            var first: String?
            var second: String?
        }
        var counts: [Key: Int] = [:]
        for pair in pairs {
            let (first, second) = (pair.first[0].environment, pair.second[0].environment)
            guard first != second else { continue }
            for fact in Set(first.keys).union(second.keys) where first[fact] != second[fact] {
                counts[Key(fact: fact, first: first[fact], second: second[fact]), default: 0] += 1
            }
        }
        return counts.map { Difference(fact: $0.fact, first: $0.first, second: $0.second, cells: $1) }
            .sorted { ($0.fact, $0.first ?? "", $0.second ?? "") < ($1.fact, $1.first ?? "", $1.second ?? "") }
    }

    /// Finds what became worse.
    ///
    /// - Parameter only: The metrics that count; all when there are none.
    /// - Returns: The cells, by their names in the second, and the metrics.
    package func regressions(in only: Set<Metric> = []) -> [(cell: String, metric: MetricComparison)] {
        pairs.flatMap { pair in
            pair.metrics.filter { $0.verdict == .worse && (only.isEmpty || only.contains($0.metric)) }
                .map { (pair.second, $0) }
        }
    }
}
