import PluginAPI

/// A trend for people: charts on a terminal, and a table elsewhere.
package enum TrendChart {
    private static let height = 9

    /// Draws a chart for each series.
    ///
    /// - Parameters:
    ///   - trend: The trend.
    ///   - width: The columns that there are.
    /// - Returns: The charts, ending in a newline. `●` is an experiment, `○` a suspect one, `◆` the first of a new level, and `─`
    ///   the median of a level.
    package static func draw(_ trend: Trend, width: Int) -> String {
        trend.series.map { draw($0, trend.metric, width: max(width, 40)) }.joined(separator: "\n")
    }

    /// A row for each point, for pipes and files.
    package static func table(_ trend: Trend) -> String {
        Columns.render(
            ["DATE", "EXPERIMENT", "PLAN", "CELL", " \(trend.metric.title.uppercased())", " RUNS", "MARK"],
            trend.series.flatMap { series in
                series.points.map { point in
                    [
                        Timestamps.minute(point.at), point.experiment, Printable.line(series.plan),
                        Printable.line(series.cell), trend.metric.text(point.value), String(point.repetitions),
                        marks(of: point, in: series),
                    ]
                }
            }
        )
    }

    private static func marks(of point: Trend.Point, in series: Trend.Series) -> String {
        let marks: [(Bool, String)] = [
            (point.isChange, "new level"), (point.isSuspect, "suspect"), (series.isSimulated, "simulated"),
        ]
        return marks.filter(\.0).map(\.1).joined(separator: ", ")
    }

    private static func draw(_ series: Trend.Series, _ metric: Metric, width: Int) -> String {
        let values = series.points.map(\.value)
        guard let low = values.min(), let high = values.max(), let first = series.points.first,
            let last = series.points.last
        else { return "" }
        let labels = [high, (low + high) / 2, low].map(metric.text)
        let margin = (labels.map(\.count).max() ?? 0) + 2
        let columns = max(1, min(width - margin - 1, values.count * 4))
        var grid = [[Character]](repeating: [Character](repeating: " ", count: columns), count: height)
        func column(_ index: Int) -> Int {
            values.count < 2 ? 0 : Int((Double(index) / Double(values.count - 1) * Double(columns - 1)).rounded())
        }
        func row(_ value: Double) -> Int {
            high == low ? height / 2 : Int(((high - value) / (high - low) * Double(height - 1)).rounded())
        }
        for (range, median) in series.levels {
            for x in column(range.lowerBound)...column(range.upperBound - 1) { grid[row(median)][x] = "─" }
        }
        for (index, point) in series.points.enumerated() {
            // What is marked is not drawn over by a neighbour.
            let (x, y) = (column(index), row(point.value))
            guard grid[y][x] != "◆" else { continue }
            grid[y][x] = point.isChange ? "◆" : point.isSuspect ? "○" : "●"
        }
        let simulated = series.isSimulated ? " · simulated" : ""
        let name = "\(Printable.line(series.plan)) · \(Printable.line(series.cell))"
        var lines = ["\(name) · \(metric.title)\(simulated)"]
        for (index, cells) in grid.enumerated() {
            let label = index == 0 ? labels[0] : index == height / 2 ? labels[1] : index == height - 1 ? labels[2] : ""
            lines.append(String(repeating: " ", count: margin - 2 - label.count) + label + " ┤" + String(cells))
        }
        let (from, to) = (Timestamps.minute(first.at).prefix(10), Timestamps.minute(last.at).prefix(10))
        lines.append(String(repeating: " ", count: margin) + "\(from) … \(to), \(values.count) experiments")
        lines += changes(in: series, metric)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func changes(in series: Trend.Series, _ metric: Metric) -> [String] {
        zip(series.levels, series.levels.dropFirst()).map { before, after in
            let point = series.points[after.range.lowerBound]
            let share = before.median == 0 ? "" : " (\(ComparisonText.percent(after.median / before.median - 1)))"
            let isWorse = (after.median > before.median) == (metric.direction == .lowerIsBetter)
            return "  ◆ \(Timestamps.minute(point.at)) \(point.experiment): \(metric.text(before.median)) → "
                + "\(metric.text(after.median))\(share), \(isWorse ? "worse" : "better")"
        }
    }
}
