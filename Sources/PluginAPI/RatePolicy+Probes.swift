extension RatePolicy {
    /// One run of the benchmark within a cell.
    public struct Probe: Sendable, Hashable {
        /// The name, unique in the cell and the same each time: `p03-25000`. `[a-z0-9-]`.
        public var name: String
        /// What to run, at the probe's own rate; without a rate OMB searches.
        public var workload: Workload

        /// Makes a probe.
        public init(name: String, workload: Workload) {
            self.name = name
            self.workload = workload
        }
    }

    /// The share of the rate that OMB's search found at which it is confirmed. The search oscillates around the limit
    /// and ends above it as often as below (measured on recorded runs: within 4 %).
    static let confirmedShare = 0.95

    /// Whether a cell is one run of the benchmark and nothing more.
    public var isSingleProbe: Bool {
        switch self {
        case .fixed, .maximum(confirms: false): true
        default: false
        }
    }

    /// What to run next; nil when the question is answered, or cannot be.
    ///
    /// It follows from the earlier probes alone, and there are never more than ``bound(for:)`` says.
    ///
    /// - Parameters:
    ///   - probes: The probes so far, in order.
    ///   - workload: The cell's workload.
    /// - Returns: The probe.
    public func next(after probes: [ProbeOutcome], workload: Workload) -> Probe? {
        func probe(_ rate: Int?, minutes: Int? = nil, _ purpose: String = "") -> Probe {
            var workload = workload
            workload.producerRate = rate
            workload.testMinutes = minutes ?? workload.testMinutes
            let number = probes.count + 1
            let name = "p\(number < 10 ? "0" : "")\(number)-" + (rate.map(String.init) ?? "search") + purpose
            return Probe(name: name, workload: workload)
        }
        switch self {
        case .fixed: return probes.isEmpty ? probe(workload.producerRate) : nil
        case .maximum(let confirms):
            guard let search = probes.first else { return probe(nil) }
            guard confirms, probes.count == 1, search.verdict != .invalid, let found = search.result?.publishRate
            else { return nil }
            return probe(max(1, Int(found * Self.confirmedShare)), ProbeOutcome.confirmationSuffix)
        case .ramp(let ramp):
            guard probes.count < ramp.steps.count, !hasEnded(probes, plateau: ramp.plateau) else { return nil }
            let step = ramp.steps[probes.count]
            return probe(step.rate, minutes: step.minutes)
        case .untilFailure(let policy):
            guard probes.count < policy.rates.count, probes.last?.failure == nil,
                !hasEnded(probes, plateau: policy.plateau)
            else { return nil }
            return probe(policy.rates[probes.count])
        case .search(let search):
            return search.next(after: probes).map { probe($0.rate, $0.confirms ? ProbeOutcome.confirmationSuffix : "") }
        }
    }

    /// Why a probe did not keep what the policy asks for, in one sentence; nil when it did, or nothing is asked.
    public func failure(of result: BenchmarkResult?, at rate: Int?, reasons: [String]) -> String? {
        breach(of: result, at: rate, reasons: reasons)?.text
    }

    /// What a probe did not keep of what the policy asks for; nil when it kept all, or nothing is asked.
    func breach(of result: BenchmarkResult?, at rate: Int?, reasons: [String]) -> Breach? {
        guard let result, let rate else {
            if case .maximum = self { return nil }
            guard result == nil else { return nil }
            return Breach(Finding.Criterion(.result), "no valid result: \(reasons.first ?? "nothing was measured")")
        }
        switch self {
        case .fixed, .maximum: return nil
        case .ramp(let ramp):
            // Without a plateau nothing ends the ramp; a rate that was not reached was not held all the same.
            let kept = ramp.plateau ?? RatePolicy.Plateau(allowedDeviationPercent: 1, consecutiveFailsAllowed: 0)
            return kept.breach(of: result, at: rate)
        case .untilFailure(let policy): return policy.criteria.breach(of: result, at: rate)
        case .search(let search): return search.breach(of: result, at: rate)
        }
    }

    /// A criterion that was not kept, and that in words.
    struct Breach {
        var criterion: Finding.Criterion
        var text: String

        init(_ criterion: Finding.Criterion, _ text: String) {
            self.criterion = criterion
            self.text = text
        }
    }

    /// Too many steps in a row that did not keep up; or one that gave no numbers at all.
    private func hasEnded(_ probes: [ProbeOutcome], plateau: Plateau?) -> Bool {
        if probes.last?.verdict == .invalid { return true }
        guard let plateau else { return false }
        let behind = probes.reversed().prefix { probe in
            guard let result = probe.result, let rate = probe.rate else { return false }
            return plateau.breach(of: result, at: rate) != nil
        }
        return behind.count > plateau.consecutiveFailsAllowed
    }
}

extension RatePolicy.Plateau {
    func breach(of result: BenchmarkResult, at rate: Int) -> RatePolicy.Breach? {
        let (achieved, least) = (result.achievedPercent(of: rate), 100 - allowedDeviationPercent)
        guard achieved < least else { return nil }
        return RatePolicy.Breach(
            Finding.Criterion(.achievedRate, measured: achieved, limit: least),
            "achieved \(achieved.rounded(to: 1)) % of the rate, where \(least.rounded(to: 1)) % was asked for"
        )
    }
}

extension RatePolicy.FailureCriteria {
    func breach(of result: BenchmarkResult, at rate: Int) -> RatePolicy.Breach? {
        if let least = minAchievedPercent {
            let achieved = result.achievedPercent(of: rate)
            if achieved < least {
                return RatePolicy.Breach(
                    Finding.Criterion(.achievedRate, measured: achieved, limit: least),
                    "achieved \(achieved.rounded(to: 1)) % of the rate, under the \(least.rounded(to: 1)) % of "
                        + "min_achieved_percent"
                )
            }
        }
        // An OMB that does not count failed sends says nothing of them, and nothing is judged by that.
        if let most = maxErrorRatePercent, let errors = result.publishErrorRate {
            let share = errors / max(errors + result.publishRate, .leastNonzeroMagnitude) * 100
            if share > most {
                return RatePolicy.Breach(
                    Finding.Criterion(.failedSends, measured: share, limit: most),
                    "\(share.rounded(to: 2)) % of the sends failed, over the \(most.rounded(to: 2)) % of "
                        + "max_error_rate_percent"
                )
            }
        }
        guard let most = maxLatencyMs else { return nil }
        return RatePolicy.Objective(percentile: latencyPercentile, latencyMs: most).breach(of: result)
            .map { RatePolicy.Breach($0.criterion, "\($0.text) (max_latency_ms)") }
    }
}

extension RatePolicy.Objective {
    func breach(of result: BenchmarkResult) -> RatePolicy.Breach? {
        let latency = of == .publish ? result.publishLatency : result.endToEndLatency
        let name = "p\(percentile.rounded(to: 3)) \(of == .publish ? "publish" : "end-to-end") latency"
        let value = latency?.value(at: percentile)
        let criterion = Finding.Criterion(.latency, measured: value, limit: latencyMs)
        guard let value else { return RatePolicy.Breach(criterion, "the \(name) is not in the result") }
        guard value > latencyMs else { return nil }
        return RatePolicy.Breach(
            criterion,
            "\(name) was \(value.rounded(to: 2)) ms, over \(latencyMs.rounded(to: 2)) ms"
        )
    }
}

extension RatePolicy.Search {
    /// A rate that is not reached was not kept, however fast the few messages were.
    private static let leastAchievedPercent = 99.0

    func breach(of result: BenchmarkResult, at rate: Int) -> RatePolicy.Breach? {
        let achieved = result.achievedPercent(of: rate)
        guard achieved < Self.leastAchievedPercent else { return objective.breach(of: result) }
        return RatePolicy.Breach(
            Finding.Criterion(.achievedRate, measured: achieved, limit: Self.leastAchievedPercent),
            "achieved \(achieved.rounded(to: 1)) % of the rate"
        )
    }

    /// The ends first, then the geometric mean of what held and what did not, then what held once more.
    func next(after probes: [ProbeOutcome]) -> (rate: Int, confirms: Bool)? {
        guard let first = probes.first else { return (lowest, false) }
        guard first.failure == nil else { return nil }
        guard probes.count > 1 else { return (highest, false) }
        let good = probes.filter { $0.failure == nil }.compactMap(\.rate).max() ?? lowest
        let bad = probes.filter { $0.failure != nil }.compactMap(\.rate).min() ?? highest
        // Once the best rate was tried again, that was the confirmation.
        guard !probes.contains(where: \.isConfirmation) else { return nil }
        let middle = Int((Double(good) * Double(bad)).squareRoot())
        let isNearEnough = Double(bad) / Double(good) <= 1 + precisionPercent / 100
        let isOver = good == highest || isNearEnough || middle <= good || middle >= bad
        return isOver || probes.count >= mostProbes - 1 ? (good, true) : (middle, false)
    }
}

extension ProbeOutcome {
    static let confirmationSuffix = "-confirm"

    /// Whether the probe repeated the best rate to see whether it holds.
    public var isConfirmation: Bool { name.hasSuffix(Self.confirmationSuffix) }
}

extension BenchmarkResult {
    /// How much of a rate was published, in percent.
    func achievedPercent(of rate: Int) -> Double { publishRate / Double(max(rate, 1)) * 100 }
}

extension BenchmarkResult.Latency {
    /// The latency at a percentile; nil when the result does not have it, or nothing was recorded.
    ///
    /// Of the whole distribution the first point at or above the percentile counts, which is never too low.
    public func value(at percentile: Double) -> Double? {
        // OMB writes zeros where it recorded nothing.
        guard maxMs > 0 || !quantiles.isEmpty else { return nil }
        return switch percentile {
        case 50: p50Ms
        case 75: p75Ms
        case 95: p95Ms
        case 99: p99Ms
        case 99.9: p999Ms
        case 99.99: p9999Ms
        case 100: maxMs
        default: quantiles.first { $0.percentile >= percentile }?.valueMs
        }
    }
}

extension Double {
    /// The number with at most so many decimals, as text.
    fileprivate func rounded(to decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let value = (self * scale).rounded() / scale
        return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
    }
}
