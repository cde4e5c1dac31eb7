import PluginAPI

/// Says whether a result can be trusted, from the result and from what was measured around the run.
///
/// OMB ends with exit code 0 and plausible files whatever happened, so nothing is taken on trust:
///
/// | finding | verdict |
/// | --- | --- |
/// | another workload's result, no period, every period 0 msg/s, under half the periods, over half the sends failed | invalid |
/// | under 95 % of the periods that the duration holds, a period of 0 msg/s, any failed send | suspect |
/// | published under 99 % of the target, publish delay growing or p99 over 1 s | suspect |
/// | a final backlog of over a second's messages | suspect |
/// | a max_rate search | suspect |
/// | what ``ConditionRules`` find | suspect |
///
/// A shortfall from the target, however large, is suspect and not invalid: it was measured, and what a cluster does
/// when asked for too much is often the question. It is no measurement *of the target*, which is what the reason says.
struct Judge {
    private let cell: Cell

    /// A judge of one cell's results.
    init(of cell: Cell) { self.cell = cell }

    /// Judges a result.
    ///
    /// - Parameters:
    ///   - result: What was measured.
    ///   - conditions: What was measured around the run; nil when nothing was.
    ///   - other: What the run's log casts doubt on.
    /// - Returns: The verdict with its causes, and the result unless there is none of this cell.
    func outcome(
        of result: BenchmarkResult,
        under conditions: RunConditions? = nil,
        besides other: [VerdictReason] = []
    )
        -> CellOutcome
    {
        if let void = void(result) { return CellOutcome(verdict: .invalid, causes: [void], conditions: conditions) }
        let faults = faults(of: result)
        let doubts =
            doubts(about: result) + other
            + (conditions.map { ConditionRules(cell: cell).doubts(about: $0, of: result) } ?? [])
        return CellOutcome(
            verdict: faults.isEmpty ? (doubts.isEmpty ? .valid : .suspect) : .invalid,
            causes: faults + doubts,
            result: result,
            conditions: conditions
        )
    }

    /// Why there is no measurement of this cell at all: its zeros must not look like numbers.
    private func void(_ result: BenchmarkResult) -> VerdictReason? {
        guard result.workload == cell.name else {
            return VerdictReason(
                .resultForeign,
                "the result is of the workload \"\(result.workload)\" and not of \"\(cell.name)\""
            )
        }
        if cell.workload.sizeDistribution == nil, let size = result.messageSizeBytes,
            size != cell.workload.messageSizeBytes
        {
            return VerdictReason(
                .resultForeign,
                "the result is of \(size)-byte messages and not of \(cell.workload.messageSizeBytes)-byte ones"
            )
        }
        if result.periods.allSatisfy({ $0.publishRate == 0 }) {
            return VerdictReason(
                .nothingSent,
                "all \(result.periodCount) periods published 0 msg/s: nothing was sent"
            )
        }
        return nil
    }

    private func faults(of result: BenchmarkResult) -> [VerdictReason] {
        var faults: [VerdictReason] = []
        if result.periodCount * 2 < expectedPeriods { faults.append(tooFewPeriods(result)) }
        if let errors = result.publishErrorRate, errors > result.publishRate {
            faults.append(failedSends(result, errors))
        }
        return faults
    }

    private func doubts(about result: BenchmarkResult) -> [VerdictReason] {
        var doubts: [VerdictReason] = []
        let periods = result.periods
        if result.periodCount * 2 >= expectedPeriods, result.periodCount * 100 < expectedPeriods * 95 {
            doubts.append(tooFewPeriods(result))
        }
        let silent = periods.count { $0.publishRate == 0 }
        if silent > 0 {
            doubts.append(VerdictReason(.periodsSilent, "\(silent) of \(periods.count) periods published 0 msg/s"))
        }
        if let errors = result.publishErrorRate, errors > 0, errors <= result.publishRate {
            doubts.append(failedSends(result, errors))
        }
        doubts += shortfall(of: result)
        if let backlog = result.finalBacklog, Double(backlog) > max(result.publishRate, 1000) {
            let text =
                "the backlog was not drained: \(backlog.grouped) messages at the end, "
                + "\(Self.seconds(Double(backlog) / result.publishRate)) of publishing"
            doubts.append(VerdictReason(.backlogLeft, text))
        }
        if cell.type == .maxRate { doubts.append(.searchResult) }
        return doubts
    }

    /// OMB sends on a schedule and never skips: what it cannot send in time shows as publish delay and nowhere else.
    private func shortfall(of result: BenchmarkResult) -> [VerdictReason] {
        guard let target = cell.workload.producerRate, target > 0 else { return [] }
        var doubts: [VerdictReason] = []
        if result.publishRate < Double(target) * 0.99 {
            let text =
                "published \(Int(result.publishRate.rounded()).grouped) of \(target.grouped) msg/s asked for "
                + "(\((result.publishRate / Double(target) * 100).fixed(1)) %): latencies are of overload"
            doubts.append(VerdictReason(.targetMissed, text))
        }
        if let growth = delayGrowth(over: result) {
            let text =
                "publish delay grew from \(Self.seconds(growth.first)) to \(Self.seconds(growth.last)) (p99): "
                + "messages fell further and further behind their schedule"
            doubts.append(VerdictReason(.publishDelayGrowing, text))
        } else if let delay = result.publishDelay, delay.p99Ms > 1000 {
            let text = "1 % of the messages were sent over \(Self.seconds(delay.p99Ms / 1000)) late (publish delay p99)"
            doubts.append(VerdictReason(.publishDelayHigh, text))
        }
        return doubts
    }

    /// The typical p99 publish delay, in seconds, of the first and the last third of the run, when it grew.
    ///
    /// A run that misses its rate by 1 % falls behind by 10 ms a second: less than that between the middles of the two
    /// thirds is the ups and downs of a run that keeps up. Medians, because one pause is no growth.
    private func delayGrowth(over result: BenchmarkResult) -> (first: Double, last: Double)? {
        let delays = result.periods.compactMap(\.publishDelayP99Ms)
        guard delays.count == result.periods.count, delays.count >= 3 else { return nil }
        let third = delays.count / 3
        let first = Array(delays.prefix(third)).median
        let last = Array(delays.suffix(third)).median
        let secondsBetween = Double(delays.count - third) * 10 * Double(result.merging?.span ?? 1)
        return last - first > secondsBetween * 10 ? (first / 1000, last / 1000) : nil
    }

    /// OMB reports once in 10 s and ends with the first report after the duration.
    private var expectedPeriods: Int { cell.workload.testMinutes * 6 }

    private func tooFewPeriods(_ result: BenchmarkResult) -> VerdictReason {
        let minutes = cell.workload.testMinutes
        return VerdictReason(
            .periodsMissing,
            "\(result.periodCount) periods of about 10 s, where \(minutes) min hold \(expectedPeriods)"
        )
    }

    private func failedSends(_ result: BenchmarkResult, _ errors: Double) -> VerdictReason {
        let share = errors / (errors + result.publishRate) * 100
        let text = "\(errors.fixed(1)) sends a second failed (\(share.fixed(share < 1 ? 3 : 1)) %)"
        return VerdictReason(.sendErrors, text)
    }

    private static func seconds(_ value: Double) -> String { "\(value.fixed(value < 10 ? 2 : 1)) s" }
}

extension [Double] {
    fileprivate var median: Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}

extension Int {
    /// The number with a comma before every three digits.
    var grouped: String {
        let digits = String(magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return self < 0 ? "-" + result : result
    }
}

extension Double {
    /// The number with so many decimals, rounded.
    func fixed(_ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        guard let scaled = Int(exactly: (self * scale).rounded()) else { return "\(self)" }
        guard decimals > 0 else { return String(scaled) }
        let digits = String(scaled.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        return (scaled < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
