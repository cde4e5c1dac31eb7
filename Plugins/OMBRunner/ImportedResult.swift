public import PluginAPI

extension OMBResultFile {
    /// Judges a result that somebody else measured, by what it says itself.
    ///
    /// What rate was asked for, for how long and in which sizes nobody knows: it is taken to be what was measured. Zeros, failed
    /// sends, messages that were sent too late and a backlog that was left show all the same.
    ///
    /// - Parameter result: The result.
    /// - Returns: The verdict with its causes.
    public static func judgement(of result: BenchmarkResult) -> CellOutcome {
        var workload = Workload(
            producerRate: max(1, Int(exactly: result.publishRate.rounded(.down)) ?? 1),
            testMinutes: max(1, result.periods.count / 6)
        )
        workload.messageSizeBytes = result.messageSizeBytes ?? workload.messageSizeBytes
        let cell = Cell(
            name: result.workload,
            run: result.workload,
            type: .fixedRate,
            repetition: 1,
            workload: workload,
            timeoutSeconds: 0
        )
        return Judge(of: cell).outcome(of: result)
    }
}
