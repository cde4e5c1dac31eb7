package import PluginAPI

/// The latest cells, as `labhost history` shows them.
package enum HistoryTable {
    /// A row for each cell; what is unknown is a dash.
    ///
    /// - Parameters:
    ///   - cells: The cells.
    ///   - metrics: The metrics to show; throughput and p99 latency when there are none.
    /// - Returns: The table, ending in a newline.
    package static func render(_ cells: [HistoryCell], metrics: [Metric]) -> String {
        let metrics = metrics.isEmpty ? [.throughput, .p99Latency] : metrics
        return Columns.render(
            ["ENDED", "EXPERIMENT", "PLAN", "CELL", "VERDICT"] + metrics.map { " \($0.title.uppercased())" },
            cells.map { cell in
                [
                    cell.endedAt.map(Timestamps.minute) ?? "-", cell.experiment, Printable.line(cell.plan),
                    Printable.line(cell.name),
                    cell.verdict.rawValue + (cell.isSimulated ? ", simulated" : "")
                        + (cell.importedFrom == nil ? "" : ", imported"),
                ] + metrics.map { metric in cell.value(metric).map(metric.text) ?? "-" }
            }
        )
    }
}

extension Metric {
    /// A value with its unit, for people.
    package func text(_ value: Double) -> String {
        switch unit {
        case "ms": Figures.milliseconds(value)
        case "USD": "$" + Figures.decimal(value, places: value.magnitude < 1 ? 4 : 2)
        case "MB/s": Figures.decimal(value, places: value.magnitude < 10 ? 2 : 1) + " MB/s"
        case "messages": Figures.rate(value)
        default: Figures.rate(value) + " msg/s"
        }
    }
}
