extension RatePolicy {
    /// The worst case of a policy.
    public struct Bound: Sendable, Hashable, Codable {
        /// How many probes there can be.
        public var probes: Int
        /// Their warm-ups and measured times together, in minutes; what every probe takes besides is not in it.
        public var minutes: Int

        /// Makes a bound.
        public init(probes: Int, minutes: Int) {
            self.probes = probes
            self.minutes = minutes
        }
    }

    /// The most that a cell with this policy takes.
    ///
    /// - Parameter workload: The cell's workload; each probe has its warm-up, and its test time where the policy has
    ///   none of its own.
    /// - Returns: The bound.
    public func bound(for workload: Workload) -> Bound {
        let probe = workload.warmupMinutes + workload.testMinutes
        switch self {
        case .fixed: return Bound(probes: 1, minutes: probe)
        case .maximum(let confirms): return Bound(probes: confirms ? 2 : 1, minutes: confirms ? 2 * probe : probe)
        case .ramp(let ramp):
            let minutes = ramp.steps.reduce(0) { $0 + workload.warmupMinutes + $1.minutes }
            return Bound(probes: ramp.steps.count, minutes: minutes)
        case .untilFailure(let policy):
            return Bound(probes: policy.rates.count, minutes: policy.rates.count * probe)
        case .search(let search):
            return Bound(probes: search.mostProbes, minutes: search.mostProbes * probe)
        }
    }
}

extension RatePolicy.Search {
    /// Both ends, the bisections of their ratio down to the precision, and the confirmation.
    var mostProbes: Int {
        var probes = 3
        var ratio = Double(highest) / Double(max(lowest, 1))
        // Rates are tried at the geometric mean, so that each probe takes the root of what is left.
        while ratio > 1 + max(precisionPercent, 0.1) / 100 {
            ratio = ratio.squareRoot()
            probes += 1
        }
        return probes
    }
}
