import PluginAPI

/// How far a run is, told by its console.
struct RunProgress {
    private let cell: Cell
    private var periods = 0
    private var phasePeriods = 0
    private var isMeasuring = false

    /// Begins at the beginning.
    init(of cell: Cell) { self.cell = cell }

    /// A period as an event: its numbers, and how far the run is with it.
    mutating func sample(of period: PeriodLine) -> PeriodSample {
        let workload = cell.workload
        let expected = (isMeasuring ? workload.testMinutes : workload.warmupMinutes) * 60
        phasePeriods += 1
        return PeriodSample(
            cell: cell.name,
            isWarmup: !isMeasuring,
            offsetSeconds: period.offsetSeconds,
            elapsedSeconds: min(phasePeriods * 10, expected),
            expectedSeconds: expected,
            targetRate: workload.producerRate,
            publishRate: period.publishRate,
            consumeRate: period.consumeRate,
            publishErrorRate: period.publishErrorRate,
            backlog: period.backlog,
            publishP99Ms: period.publishP99Ms,
            publishDelayP99Ms: period.publishDelayP99Ms
        )
    }

    /// What to show after a line; nil when it says nothing new.
    mutating func report(after line: ConsoleLine) -> Progress? {
        switch line {
        case .workload: return report("preparing topics, producers and consumers")
        case .warmup: return report("warming up")
        case .measuring:
            isMeasuring = true
            phasePeriods = 0
            periods = max(periods, cell.workload.warmupMinutes * 6)
            return report("measuring")
        case .period:
            // The numbers go out as an event of their own.
            periods += 1
            return report(isMeasuring ? "measuring" : "warming up")
        case .aggregated: return report("writing the result")
        case .failed: return report("failed")
        case .ready, .writing, .error, .other, .continuation: return nil
        }
    }

    private func report(_ label: String) -> Progress {
        let total = Double((cell.workload.warmupMinutes + cell.workload.testMinutes) * 6)
        return Progress("\(cell.name): \(label)", completed: min(Double(periods), total), of: total)
    }
}
