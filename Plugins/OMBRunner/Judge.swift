import PluginAPI

/// Says whether a result can be trusted, from the result alone.
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
///
/// A shortfall from the target, however large, is suspect and not invalid: it was measured, and what a cluster does
/// when asked for too much is often the question. It is no measurement *of the target*, which is what the reason says.
struct Judge {
    private let cell: Cell

    /// A judge of one cell's results.
    init(of cell: Cell) { self.cell = cell }

    /// Judges a result.
    func outcome(of result: BenchmarkResult) -> CellOutcome {
        let void = void(result)
        if !void.isEmpty { return CellOutcome(verdict: .invalid, reasons: void) }
        let invalid = broken(result)
        let doubts = doubts(about: result)
        if !invalid.isEmpty { return CellOutcome(verdict: .invalid, reasons: invalid + doubts, result: result) }
        return CellOutcome(verdict: doubts.isEmpty ? .valid : .suspect, reasons: doubts, result: result)
    }

    /// Why there is no measurement of this cell at all: its zeros must not look like numbers.
    private func void(_ result: BenchmarkResult) -> [String] {
        guard result.workload == cell.name else {
            return ["the result is of the workload \"\(result.workload)\" and not of \"\(cell.name)\""]
        }
        if cell.workload.sizeDistribution == nil, let size = result.messageSizeBytes,
            size != cell.workload.messageSizeBytes
        {
            return ["the result is of \(size)-byte messages and not of \(cell.workload.messageSizeBytes)-byte ones"]
        }
        if result.periods.allSatisfy({ $0.publishRate == 0 }) {
            return ["all \(result.periods.count) periods published 0 msg/s: nothing was sent"]
        }
        return []
    }

    private func broken(_ result: BenchmarkResult) -> [String] {
        var reasons: [String] = []
        if result.periods.count * 2 < expectedPeriods { reasons.append(tooFewPeriods(result)) }
        if let errors = result.publishErrorRate, errors > result.publishRate {
            reasons.append(failedSends(result, errors))
        }
        return reasons
    }

    private func doubts(about result: BenchmarkResult) -> [String] {
        var reasons: [String] = []
        let periods = result.periods
        if periods.count * 2 >= expectedPeriods, periods.count * 100 < expectedPeriods * 95 {
            reasons.append(tooFewPeriods(result))
        }
        let silent = periods.count { $0.publishRate == 0 }
        if silent > 0 { reasons.append("\(silent) of \(periods.count) periods published 0 msg/s") }
        if let errors = result.publishErrorRate, errors > 0, errors <= result.publishRate {
            reasons.append(failedSends(result, errors))
        }
        reasons += shortfall(of: result)
        if let backlog = result.finalBacklog, Double(backlog) > max(result.publishRate, 1000) {
            reasons.append(
                "the backlog was not drained: \(backlog.grouped) messages at the end, "
                    + "\(Self.seconds(Double(backlog) / result.publishRate)) of publishing"
            )
        }
        if cell.type == .maxRate { reasons.append("search result: a hint, not a confirmed rate") }
        return reasons
    }

    /// OMB sends on a schedule and never skips: what it cannot send in time shows as publish delay and nowhere else.
    private func shortfall(of result: BenchmarkResult) -> [String] {
        guard let target = cell.workload.producerRate, target > 0 else { return [] }
        var reasons: [String] = []
        if result.publishRate < Double(target) * 0.99 {
            reasons.append(
                "published \(Int(result.publishRate.rounded()).grouped) of \(target.grouped) msg/s asked for "
                    + "(\((result.publishRate / Double(target) * 100).fixed(1)) %): latencies are of overload"
            )
        }
        if let growth = delayGrowth(over: result.periods) {
            reasons.append(
                "publish delay grew from \(Self.seconds(growth.first)) to \(Self.seconds(growth.last)) (p99): "
                    + "messages fell further and further behind their schedule"
            )
        } else if let delay = result.publishDelay, delay.p99Ms > 1000 {
            reasons.append(
                "1 % of the messages were sent over \(Self.seconds(delay.p99Ms / 1000)) late (publish delay p99)"
            )
        }
        return reasons
    }

    /// The typical p99 publish delay, in seconds, of the first and the last third of the run, when it grew.
    ///
    /// A run that misses its rate by 1 % falls behind by 10 ms a second: less than that between the middles of the two
    /// thirds is the ups and downs of a run that keeps up. Medians, because one pause is no growth.
    private func delayGrowth(over periods: [BenchmarkResult.Period]) -> (first: Double, last: Double)? {
        let delays = periods.compactMap(\.publishDelayP99Ms)
        guard delays.count == periods.count, delays.count >= 3 else { return nil }
        let third = delays.count / 3
        let first = Array(delays.prefix(third)).median
        let last = Array(delays.suffix(third)).median
        let secondsBetween = Double(delays.count - third) * 10
        return last - first > secondsBetween * 10 ? (first / 1000, last / 1000) : nil
    }

    /// OMB reports once in 10 s and ends with the first report after the duration.
    private var expectedPeriods: Int { cell.workload.testMinutes * 6 }

    private func tooFewPeriods(_ result: BenchmarkResult) -> String {
        "\(result.periods.count) periods of about 10 s, where \(cell.workload.testMinutes) min hold \(expectedPeriods)"
    }

    private func failedSends(_ result: BenchmarkResult, _ errors: Double) -> String {
        let share = errors / (errors + result.publishRate) * 100
        return "\(errors.fixed(1)) sends a second failed (\(share.fixed(share < 1 ? 3 : 1)) %)"
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
