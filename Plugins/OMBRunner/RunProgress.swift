import PluginAPI

/// How far a run is, told by its console.
struct RunProgress {
    private let cell: Cell
    private var periods = 0
    private var isMeasuring = false

    /// Begins at the beginning.
    init(of cell: Cell) { self.cell = cell }

    /// What to show after a line; nil when it says nothing new.
    mutating func report(after line: ConsoleLine) -> Progress? {
        switch line {
        case .workload: return report("preparing topics, producers and consumers")
        case .warmup: return report("warming up")
        case .measuring:
            isMeasuring = true
            periods = max(periods, cell.workload.warmupMinutes * 6)
            return report("measuring")
        case .period(let period):
            periods += 1
            return report(numbers(of: period))
        case .aggregated: return report("writing the result")
        case .failed: return report("failed")
        case .ready, .writing, .error, .other, .continuation: return nil
        }
    }

    private func report(_ label: String) -> Progress {
        let total = Double((cell.workload.warmupMinutes + cell.workload.testMinutes) * 6)
        return Progress("\(cell.name): \(label)", completed: min(Double(periods), total), of: total)
    }

    private func numbers(of period: PeriodLine) -> String {
        let rate = Int(period.publishRate.rounded()).grouped
        let target = cell.workload.producerRate.map { " of \($0.grouped)" } ?? ""
        var text = "\(isMeasuring ? "measuring" : "warming up"), \(rate)\(target) msg/s"
        text += ", p99 \(period.publishP99Ms.fixed(1)) ms"
        if period.backlog > 0 { text += ", backlog \(Int(period.backlog).grouped)" }
        if let errors = period.publishErrorRate, errors > 0 { text += ", \(errors.fixed(1)) failed/s" }
        return text
    }
}
