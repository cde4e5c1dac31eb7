import Document
import PluginAPI

extension PlanReview {
    /// The test runs; nil when they, or what they build on, have faults.
    mutating func runs(within limits: PlanDocument.Limits?, repetitions: Int?) -> [Plan.Run]? {
        guard let base = section("base_workload", as: WorkloadValues.self),
            let written = section("test_runs", as: [PlanDocument.Run].self)
        else { return nil }
        let path = PlanPath() / "test_runs"
        let workload = base.applied(to: Workload())
        let runs = written.enumerated().map { index, run in
            var workload = run.workloadOverrides.applied(to: workload)
            workload.producerRate = run.producerRate
            return Plan.Run(
                name: Slug.make(run.name.value),
                type: run.type,
                workload: workload,
                mark: root.mark(for: path / index)
            )
        }
        var first: [String: Int] = [:]
        for (index, run) in runs.enumerated() {
            if let other = first[run.name] {
                let message = "\"\(run.name)\" is also the name of test_runs[\(other)]; results need names of their own"
                report(message, at: written[index].name.mark, path / index / "name")
            } else {
                first[run.name] = index
            }
            check(run, at: path / index, timeout: limits?.cellTimeout.value)
        }
        if let limits { check(runs, repetitions: repetitions ?? 1, within: limits) }
        return runs
    }

    private mutating func check(_ run: Plan.Run, at path: PlanPath, timeout: Duration?) {
        if run.type == .maxRate, run.workload.consumerBacklogSizeGB > 0 {
            report("a max_rate run cannot build a backlog; use fixed_rate", path)
        }
        let needed = Scheduler.expectedDuration(of: run.workload)
        if let timeout, needed > timeout {
            let (needed, timeout) = (DurationText.text(needed), DurationText.text(timeout))
            report("takes about \(needed), and limits.cell_timeout is \(timeout)", path)
        }
    }

    private mutating func check(_ runs: [Plan.Run], repetitions: Int, within limits: PlanDocument.Limits) {
        let total = runs.reduce(Duration.zero) { $0 + Scheduler.expectedDuration(of: $1.workload) } * repetitions
        guard total > limits.maxDuration.value else { return }
        let (needed, limit) = (DurationText.text(total), DurationText.text(limits.maxDuration.value))
        report("all cells together take about \(needed), and limits.max_duration is \(limit)", PlanPath() / "test_runs")
    }
}
