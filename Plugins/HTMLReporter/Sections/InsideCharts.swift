import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the hosts did while a cell was measured: a small chart for each of a few metrics, with a line for each host.
///
/// Read from the archive for the cells that are drawn anyway, and no others.
struct InsideCharts {
    /// The most charts of a cell.
    static let mostCharts = 6
    /// The most lines of a chart: as many as there are colours.
    static let mostHosts = 8

    /// What is shown first, where it was collected; then whatever else was.
    private static let first = [
        "cpu", "disk_busy", "disk_write", "net_out", "pulsar_msg_backlog", "bookie_journal_JOURNAL_SYNC p99",
        "bookie_journal_JOURNAL_QUEUE_SIZE", "data_burst_balance", "cpu_credits", "memory", "steal", "net_in",
    ]

    private let archive: MetricsArchive?

    /// Charts of what an archive holds.
    init(_ archive: MetricsArchive?) { self.archive = archive }

    /// The charts of a cell; nothing where nothing was collected, and a note where that cannot be read.
    func html(of cell: CellRecord) -> HTML {
        let series: [MetricSeries]
        do { series = try archive?.series(of: cell.cell.name) ?? [] } catch {
            let cause = LabError(error, while: "reading it").cause.map { " " + $0 } ?? ""
            return """
                <p class="note">What was collected inside the hosts is missing: cells/\(cell.cell.name)/metrics.json cannot be \
                read.\(cause)</p>
                """
        }
        guard !series.isEmpty else { return HTML() }
        let start = cell.startedAt ?? series.map(\.start).min() ?? Date(timeIntervalSince1970: 0)
        let names = Self.chosen(Set(series.map(\.name)))
        let hosts = Self.hosts(in: series, by: names.first ?? "")
        let all = Set(series.map(\.host)).count
        let some: HTML = hosts.count < all ? " \(hosts.count) of \(all) hosts." : HTML()
        let legend = Legend.html(
            hosts.enumerated().map { Series(name: $1, colour: $0 + 1, points: []) }
        )
        let charts = names.html { name in
            chart(name, series.filter { $0.name == name }, hosts, of: cell.cell.name, since: start)
        }
        return """
            <details class="inside"><summary>inside the hosts</summary><p class="note">Since the cell began, warm-up included.\(some)</p>\
            \(legend)\(charts)</details>
            """
    }

    /// The metrics to show, in order.
    static func chosen(_ names: Set<String>) -> [String] {
        let preferred = first.filter(names.contains)
        return Array((preferred + names.subtracting(preferred).sorted()).prefix(mostCharts))
    }

    /// The hosts to show: those with the highest values of a metric, by name.
    static func hosts(in series: [MetricSeries], by name: String) -> [String] {
        var peaks = Dictionary(series.map { ($0.host, -Double.infinity) }) { first, _ in first }
        for one in series where one.name == name {
            peaks[one.host] = one.values.compactMap(\.self).max() ?? -Double.infinity
        }
        let ranked = peaks.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return ranked.prefix(mostHosts).map(\.key).sorted()
    }

    private func chart(
        _ name: String,
        _ series: [MetricSeries],
        _ hosts: [String],
        of cell: String,
        since start: Date
    ) -> HTML {
        let lines = hosts.enumerated().compactMap { index, host -> Series? in
            guard let own = series.first(where: { $0.host == host }) else { return nil }
            let points = own.values.enumerated().compactMap { step, value in
                value.map { value in
                    let time = own.start.timeIntervalSince(start) + Double(step) * own.stepSeconds
                    return Series.Point(x: max(time, 0) / 60, y: value)
                }
            }
            return Series(name: host, colour: index + 1, points: points)
        }
        let frame = Frame(width: Responsive.narrow, height: 64)
        let unit = series.first?.unit ?? ""
        let x = Axis(
            Scale.linear(lines.flatMap { $0.points.map(\.x) }, fromZero: true, from: frame.left, to: frame.right),
            "min"
        )
        let values = lines.flatMap { $0.points.map(\.y) }
        let top = unit == "%" ? values + [100] : values
        let y = Axis(
            Scale.linear(top, fromZero: true, ticks: 2, from: frame.bottom, to: frame.top),
            unit == "1" ? name : "\(name), \(unit)"
        )
        return Drawing(
            title: HTML(),
            summary: "\(name) of the hosts while \(cell) was measured",
            width: Responsive.narrow,
            height: frame.bottom + x.depth,
            content: "\(x.below(frame))\(y.beside(frame))\(lines.html { $0.line(x, y) })"
        ).svg
    }
}
