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
