import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the sections of the page have in common: the record, looked at once.
struct ReportModel: Sendable {
    /// The record.
    let record: ExperimentRecord
    /// When the page was written.
    let writtenAt: Date
    /// The metrics to show first; those that the plan names, or the usual ones.
    let highlights: [Metric]
    /// Names of the plan's `metrics_to_highlight` that nobody knows.
    let unknownHighlights: [String]
    /// The cells with numbers that mean something, valid and suspect ones, in the order of the schedule.
    let measured: [MeasuredCell]

    /// A cell whose numbers may be ranked and plotted.
    struct MeasuredCell: Sendable {
        var record: CellRecord
        var outcome: CellOutcome
        var result: BenchmarkResult
        var costs: CellCosts?

        var name: String { record.cell.name }
        var isSuspect: Bool { outcome.verdict == .suspect }

        func value(of metric: Metric) -> Double? { metric.value(of: record.cell, outcome, costs: costs) }
    }

    /// Looks at a record.
    init(_ record: ExperimentRecord, writtenAt: Date) {
        self.record = record
        self.writtenAt = writtenAt
        let named = record.highlights.map { ($0, Metric(name: $0)) }
        let known = named.compactMap(\.1)
        unknownHighlights = named.filter { $0.1 == nil }.map(\.0)
        // A search or a ramp was asked for the rate that holds, which says more than what its last probe carried.
        let findsRate = record.cells.contains { $0.outcome?.finding?.lastGoodRate != nil }
        let usual: [Metric] =
            (findsRate ? [.sustainedRate] : []) + [.throughput, .p99Latency]
            + (record.costs == nil ? [] : [.costPerMillionMessages])
        highlights = known.isEmpty ? usual : known
        measured = record.cells.compactMap { cell in
            guard let outcome = cell.outcome, outcome.verdict != .invalid, let result = outcome.result else {
                return nil
            }
            return MeasuredCell(
                record: cell,
                outcome: outcome,
                result: result,
                costs: record.costs?.cells[cell.cell.name]
            )
        }
    }

    /// The best cell by a metric: a valid one, or a suspect one where no valid one has a value.
    func best(by metric: Metric) -> (cell: MeasuredCell, value: Double)? {
        let valued = measured.compactMap { cell in cell.value(of: metric).map { (cell: cell, value: $0) } }
        let valid = valued.filter { !$0.cell.isSuspect }
        let ranked = valid.isEmpty ? valued : valid
        return metric.direction == .higherIsBetter
            ? ranked.max { $0.value < $1.value } : ranked.min { $0.value < $1.value }
    }

    /// At most so many cells, spread over the range of p99 latencies, the lowest and the highest among them.
    func spread(_ cells: [MeasuredCell], to limit: Int) -> [MeasuredCell] {
        guard cells.count > limit else { return cells }
        let order = cells.indices.sorted { left, right in
            let (one, other) = (cells[left].result.publishLatency.p99Ms, cells[right].result.publishLatency.p99Ms)
            return (one, left) < (other, right)
        }
        return Downsample.evenly(order, to: limit).sorted().map { cells[$0] }
    }

    /// How many cells have each verdict; nil for those without an outcome.
    func count(of verdict: Verdict?) -> Int { record.cells.count { $0.outcome?.verdict == verdict } }

    /// The paths that the matrix varies, in order.
    var factors: [String] { Set(record.cells.flatMap(\.cell.factors.keys)).sorted() }

    /// When the last thing happened that the record knows of.
    var lastMoment: Date {
        let moments = record.phases.map { $0.endedAt ?? $0.startedAt } + record.cells.compactMap(\.endedAt)
        return record.endedAt ?? moments.max() ?? record.startedAt
    }
}

extension Metric {
    /// A value of the metric as the page shows it, without its unit.
    func text(_ value: Double) -> String {
        switch unit {
        case "msg/s", "messages": Numbers.whole(value)
        case "USD": Numbers.dollars(value)
        case "ms": Numbers.latency(value)
        default: Numbers.significant(value)
        }
    }

    /// The unit to put after a value that does not carry it.
    var unitAfter: String { unit == "USD" ? "" : unit }
}
