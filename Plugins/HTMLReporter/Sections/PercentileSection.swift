import PluginAPI

/// Latency by percentile on a scale that shows the tail: every step right is ten times rarer.
struct PercentileSection {
    let model: ReportModel

    /// The most cells that are drawn: as many as the palette can keep apart.
    static let mostCells = 8

    var section: PageSection? {
        guard !model.measured.isEmpty else { return nil }
        let cells = model.spread(model.measured, to: Self.mostCells)
        let some: HTML =
            cells.count < model.measured.count
            ? " Shown are \(cells.count) of \(model.measured.count) cells, spread from the lowest p99 to the highest."
            : HTML()
        let series = cells.enumerated().map { index, cell in
            Series(
                name: cell.name,
                colour: index + 1,
                isDashed: cell.isSuspect,
                points: Self.points(of: cell.result.publishLatency)
            )
        }
        let doubt: HTML = cells.contains(where: \.isSuspect) ? " Broken lines are suspect." : HTML()
        return PageSection(
            id: "percentiles",
            title: "Latency by percentile",
            lead:
                "Publish latency over the whole measured time; every step to the right is ten times rarer.\(doubt)\(some)",
            content: """
                <figure>\(Legend.html(series))\(Responsive.html { chart(series, width: $0) })\(table(cells))</figure>
                """
        )
    }

    /// The distribution as points whose x is how rare a latency is: 1 in x messages is slower.
    private static func points(of latency: BenchmarkResult.Latency) -> [Series.Point] {
        let named = [
            (50, latency.p50Ms), (75, latency.p75Ms), (95, latency.p95Ms), (99, latency.p99Ms), (99.9, latency.p999Ms),
            (99.99, latency.p9999Ms),
        ].map { BenchmarkResult.Quantile(percentile: $0.0, valueMs: $0.1) }
        // The distribution may end before the last of the named ones, and its own end is the maximum at 100 %, which is
        // infinitely rare.
        let known = latency.quantiles.filter { $0.percentile < 100 && $0.percentile >= 0 }
        let last = known.last?.percentile ?? -1
        return (known + named.filter { $0.percentile > last })
            .map { Series.Point(x: 100 / (100 - $0.percentile), y: $0.valueMs) }
    }

    private func chart(_ series: [Series], width: Double) -> HTML {
        let frame = Frame(width: width, height: width > 500 ? 280 : 220, right: 16)
        let points = series.flatMap(\.points)
        let rarest = min(max(points.map(\.x).max() ?? 1000, 1000), 1e6)
        let scale = Scale.nines(to: rarest, from: frame.left, to: frame.right)
        let x = Axis(scale, "percentile") { Self.label($0) }
        let y = Axis(Scale.logarithmic(points.map(\.y), from: frame.bottom, to: frame.top), "publish latency, ms")
        return Drawing(
            title: HTML(),
            summary: "Publish latency by percentile of \(series.count) cells; the numbers are in the table below",
            width: width,
            height: frame.bottom + x.depth,
            content: "\(x.below(frame))\(y.beside(frame))\(series.html { $0.line(x, y) })"
        ).svg
    }

    /// The percentile of a rarity: 100 is `99 %`.
    private static func label(_ rarity: Double) -> String { Numbers.percentile(100 - 100 / rarity) }

    private func table(_ cells: [ReportModel.MeasuredCell]) -> HTML {
        let rows = cells.map { cell in
            let latency = cell.result.publishLatency
            let values = [
                latency.meanMs, latency.p50Ms, latency.p75Ms, latency.p95Ms, latency.p99Ms, latency.p999Ms,
                latency.p9999Ms, latency.maxMs,
            ]
            return [cell.name] + values.map { Numbers.latency($0) }
        }
        let heads = ["cell", "mean", "p50", "p75", "p95", "p99", "p99.9", "p99.99", "max"]
        return DataTable(heads: heads, rows: rows).folded("The numbers, in ms")
    }
}
