public import PluginAPI

/// How long things take. Figures of the field: OMB's fixed times, and what AWS takes for a cluster of some ten hosts.
extension Scheduler {
    /// What a probe takes besides warm-up and test: starting the benchmark, making topics, waiting for consumers,
    /// writing and fetching the result.
    public static let probeOverhead = Duration.seconds(120)
    /// Creating a cluster, waiting until it is ready, and deleting it.
    public static let groupOverhead = Duration.seconds(600)
    /// What deleting and verifying takes of it, as long as things still have to be paid for.
    public static let teardownTime = Duration.seconds(180)
    /// Writing new settings, restarting the services, waiting until they are ready.
    public static let reconfigurationOverhead = Duration.seconds(120)

    /// The longest that one probe of a cell takes, which is what a cell's timeout is for. A backlog's draining comes on
    /// top, and cannot be foretold.
    static func longestProbe(_ policy: RatePolicy, _ workload: Workload) -> Duration {
        var minutes = workload.testMinutes
        if case .ramp(let ramp) = policy { minutes = ramp.steps.map(\.minutes).max() ?? minutes }
        return .minutes(workload.warmupMinutes + minutes) + probeOverhead
    }
}

extension RatePolicy {
    /// The most that a cell takes.
    func worstDuration(for workload: Workload) -> Duration {
        let bound = bound(for: workload)
        return .minutes(bound.minutes) + Scheduler.probeOverhead * bound.probes
    }

    /// What a cell is likely to take: a rate that rises until something fails is taken to fail half way.
    func expectedDuration(for workload: Workload) -> Duration {
        guard case .untilFailure(let policy) = self else { return worstDuration(for: workload) }
        let probe = Duration.minutes(workload.warmupMinutes + workload.testMinutes) + Scheduler.probeOverhead
        return probe * ((policy.rates.count + 1) / 2)
    }
}

extension Cell {
    /// The most that the cell takes.
    public var worstDuration: Duration { policy.worstDuration(for: workload) }

    /// What the cell is likely to take.
    public var expectedDuration: Duration { policy.expectedDuration(for: workload) }
}

extension Plan {
    /// What all of the plan takes, likely and at most, without making its schedule.
    ///
    /// A randomized order is taken to reconfigure its cluster before every cell where there is a choice.
    var durations: (expected: Duration, worst: Duration) {
        var (expected, worst) = (Duration.zero, Duration.zero)
        var cells = 0
        var extra = (expected: Duration.zero, worst: Duration.zero)
        for run in runs {
            for variant in run.variants {
                expected += run.policy.expectedDuration(for: variant.workload)
                worst += run.policy.worstDuration(for: variant.workload)
                cells += 1
            }
        }
        let groups = Set(hostGroups).count
        let canaries = runs.filter(\.isCanary).flatMap { run in run.variants.map { (run.policy, $0.workload) } }
        if let (policy, workload) = canaries.max(by: { $0.0.worstDuration(for: $0.1) < $1.0.worstDuration(for: $1.1) })
        {
            extra = (policy.expectedDuration(for: workload) * groups, policy.worstDuration(for: workload) * groups)
        }
        let changes = specs.count == groups ? 0 : isRandomized ? cells * repetitions : specs.count - groups
        let overhead = Scheduler.groupOverhead * groups + Scheduler.reconfigurationOverhead * changes
        return (
            expected * repetitions + extra.expected + overhead,
            (worst * repetitions + extra.worst) * onCellFailure.attempts + overhead
        )
    }
}

extension Schedule.Group {
    /// How often the cluster is reconfigured between cells.
    public var reconfigurations: Int {
        zip(entries, entries.dropFirst()).count { $0.configuration != $1.configuration }
    }

    /// Creating and deleting the cluster, and changing it between cells.
    var overhead: Duration {
        Scheduler.groupOverhead + Scheduler.reconfigurationOverhead * reconfigurations
    }

    /// What the group is likely to take.
    public var expectedDuration: Duration { entries.reduce(overhead) { $0 + $1.cell.expectedDuration } }

    /// The most that the group takes.
    public var worstDuration: Duration { entries.reduce(overhead) { $0 + $1.cell.worstDuration } }
}

extension Schedule {
    /// What all of it is likely to take.
    public var expectedDuration: Duration { groups.reduce(.zero) { $0 + $1.expectedDuration } }

    /// The most that all of it takes, every cell measured as often as it may be.
    public var worstDuration: Duration {
        let again = cells.reduce(Duration.zero) { $0 + $1.worstDuration } * (attempts - 1)
        return groups.reduce(again) { $0 + $1.worstDuration }
    }
}

extension Duration {
    static func minutes(_ count: Int) -> Duration { .seconds(60 * count) }

    /// Without the seconds, rounded up.
    var inMinutes: Duration { .minutes(Int((components.seconds + 59) / 60)) }
}
