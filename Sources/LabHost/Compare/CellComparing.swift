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
        var blocks = BlockDraws(seed: options.seed)
        var compared: [Comparison.Pair] = []
        for pair in pairs {
            // Enough repetitions say all there is to say.
            let single = options.metrics.filter { needsSeries(of: $0, pair) }
            let first = single.isEmpty ? [:] : try await history.series(of: single, in: pair.first)
            let second = single.isEmpty ? [:] : try await history.series(of: single, in: pair.second)
            compared.append(compare(pair, first, second, &blocks))
        }
        return compared
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
        Comparison.Pair(
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
                    drawing: &blocks
                )
            }
        )
    }

    private func values(of metric: Metric, _ cells: [HistoryCell]) -> [Double] {
        cells.compactMap { $0.value(metric) }
    }
}
