import Document
import PluginAPI

extension PlanReview {
    /// How a run's rate is chosen; nil when what is written cannot be meant.
    mutating func policy(
        of run: PlanDocument.Run,
        workload: Workload,
        plateau: RatePolicy.Plateau?,
        at path: PlanPath
    ) -> RatePolicy? {
        switch run.type {
        case .fixedRate, .latencyTest: return .fixed
        case .maxRate: return .maximum(confirms: run.confirm ?? true)
        case .rampUp:
            let steps = rampSteps(of: run, workload: workload, at: path)
            return steps.map { .ramp(RatePolicy.Ramp(steps: $0, plateau: plateau)) }
        case .scaleToFailure:
            guard let first = run.initialRate, let criteria = run.failureCriteria else { return nil }
            if run.rateMultiplier != nil, run.rateIncrement != nil {
                report("give rate_multiplier or rate_increment, not both", path / "rate_increment")
                return nil
            }
            let multiplier = run.rateMultiplier ?? 1.5
            let rates = rates(of: run, from: first, at: path) { rate in
                if let increment = run.rateIncrement { return rate + increment }
                // At least one more, so that a small rate rises at all.
                return max(rate + 1, Int((Double(rate) * multiplier).rounded()))
            }
            return .untilFailure(
                RatePolicy.UntilFailure(rates: rates, criteria: RatePolicy.FailureCriteria(criteria), plateau: plateau)
            )
        case .search: return search(run, at: path)
        }
    }

    private mutating func rampSteps(
        of run: PlanDocument.Run,
        workload: Workload,
        at path: PlanPath
    ) -> [RatePolicy.Step]? {
        switch (run.rampUpSteps, run.initialRate, run.rateIncrement) {
        case (let steps?, nil, nil): return steps.map { RatePolicy.Step(rate: $0.rate, minutes: $0.durationMinutes) }
        case (nil, let first?, let increment?):
            let minutes = run.incrementIntervalMinutes ?? workload.testMinutes
            return rates(of: run, from: first, at: path) { $0 + increment }
                .map { RatePolicy.Step(rate: $0, minutes: minutes) }
        case (.some, _, _):
            report("give ramp_up_steps, or initial_rate and rate_increment, not both", path / "ramp_up_steps")
        default:
            report("a ramp_up run needs ramp_up_steps, or initial_rate and rate_increment", path)
        }
        return nil
    }

    /// Rising rates up to the run's bounds.
    private mutating func rates(
        of run: PlanDocument.Run,
        from first: Int,
        at path: PlanPath,
        next: (Int) -> Int
    ) -> [Int] {
        let highest = run.maxRate ?? PlanSchema.maxRate
        if first > highest { report("\(first) is above max_rate, which is \(highest)", path / "initial_rate") }
        var rates = [first]
        while rates.count < run.maxSteps ?? 1, let last = rates.last, next(last) <= highest { rates.append(next(last)) }
        return rates
    }

    private mutating func search(_ run: PlanDocument.Run, at path: PlanPath) -> RatePolicy? {
        guard let objective = run.objective, let between = run.between, let precision = run.precisionPercent else {
            return nil
        }
        guard between.count == 2, between[0] < between[1] else {
            let found = between.map(String.init).joined(separator: ", ")
            report("expected two rates, the lower one first, found [\(found)]", path / "between")
            return nil
        }
        return .search(
            RatePolicy.Search(
                objective: RatePolicy.Objective(
                    percentile: objective.percentile,
                    latencyMs: objective.latencyMs,
                    of: objective.of
                ),
                lowest: between[0],
                highest: between[1],
                precisionPercent: precision
            )
        )
    }
}

extension RatePolicy.FailureCriteria {
    init(_ written: PlanDocument.Criteria) {
        self.init(
            maxLatencyMs: written.maxLatencyMs,
            latencyPercentile: written.latencyPercentile,
            maxErrorRatePercent: written.maxErrorRatePercent,
            minAchievedPercent: written.minAchievedPercent
        )
    }
}
