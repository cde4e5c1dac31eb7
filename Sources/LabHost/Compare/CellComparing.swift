import PluginAPI

/// Compares a few cells at a time, with what the history has of them.
struct CellComparing {
    private let history: History
    private let options: Comparison.Options

    /// Prepares to compare.
    init(_ history: History, _ options: Comparison.Options) {
        self.history = history
        self.options = options
    }

    /// Compares cells with their partners.
    ///
    /// - Returns: As many as there are pairs, in their order.
    /// - Throws: ``LabError`` when the history cannot be read.
    func compare(_ pairs: some Sequence<CellMatching.Pair>) async throws -> [Comparison.Pair] {
        let pairs = Array(pairs)
        // Enough repetitions say all there is to say.
        let single = pairs.map { pair in options.metrics.filter { needsSeries(of: $0, pair) } }
        let cells = zip(pairs, single).flatMap { $1.isEmpty ? [] : $0.first + $0.second }
        var contents = try await history.encodedSeries(of: cells)[...]
        var blocks = BlockDraws(seed: options.seed)
        return zip(pairs, single).map { pair, metrics in
            guard !metrics.isEmpty else { return compare(pair, [:], [:], &blocks) }
            let sides = [pair.first, pair.second].map { cells in
                defer { contents = contents.dropFirst(cells.count) }
                return History.series(of: metrics, from: contents.prefix(cells.count).compactMap(\.self))
            }
            return compare(pair, sides[0], sides[1], &blocks)
        }
    }

    private func needsSeries(of metric: Metric, _ pair: CellMatching.Pair) -> Bool {
        let fewest = min(values(of: metric, pair.first).count, values(of: metric, pair.second).count)
        return 0 < fewest && fewest < MetricComparison.fewestRepetitions
    }

    private func compare(
        _ pair: CellMatching.Pair,
        _ first: [Metric: [[Double]]],
        _ second: [Metric: [[Double]]],
        _ blocks: inout BlockDraws
    ) -> Comparison.Pair {
        let drawable = options.metrics.filter { first[$0] != nil && second[$0] != nil }
        let drawn = Bootstrap.changes(
            ofSeries: drawable.map { (first[$0] ?? [], second[$0] ?? []) },
            drawing: &blocks
        )
        let intervals = Dictionary(uniqueKeysWithValues: zip(drawable, drawn))
        return Comparison.Pair(
            first: pair.first[0].baseName,
            second: pair.second[0].baseName,
            isSameContent: pair.isSameContent,
            repetitions: [pair.first.count, pair.second.count],
            suspect: [pair.first, pair.second].joined().count { $0.verdict == .suspect },
            metrics: options.metrics.compactMap { metric in
                MetricComparison(
                    metric,
                    .init(values: values(of: metric, pair.first), series: first[metric] ?? []),
                    .init(values: values(of: metric, pair.second), series: second[metric] ?? []),
                    threshold: options.thresholds[metric] ?? Comparison.standardThreshold,
                    seed: options.seed,
                    drawn: intervals[metric] ?? nil
                )
            }
        )
    }

    private func values(of metric: Metric, _ cells: [HistoryCell]) -> [Double] {
        cells.compactMap { $0.value(metric) }
    }
}
