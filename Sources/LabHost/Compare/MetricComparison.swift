package import PluginAPI

/// How one metric of a cell differs between two experiments.
package struct MetricComparison: Sendable, Hashable {
    /// What became of the metric.
    package enum Verdict: String, Sendable, Hashable, Encodable {
        case better, worse, same
        case notEnoughData = "not enough data"
    }

    /// What the interval is made of.
    package enum Basis: String, Sendable, Hashable, Encodable {
        /// Repetitions, three or more on either side.
        case repetitions
        /// The periods within runs. How much one run differs from the next is not in them: weaker.
        case periods
    }

    /// The metric.
    package var metric: Metric
    /// The medians over the repetitions.
    package var first: Double
    /// See ``first``.
    package var second: Double
    /// `second ÷ first − 1`; nil when the first is 0.
    package var change: Double?
    /// The 95 % confidence interval of the change.
    package var interval: ClosedRange<Double>?
    /// What the interval is made of; nil without one.
    package var basis: Basis?
    /// Mann and Whitney's two-sided p over the repetitions; nil with fewer than two on a side.
    package var p: Double?
    /// What became of it.
    package var verdict: Verdict

    /// The values of one side.
    struct Sample: Sendable, Hashable {
        /// A value for each repetition.
        var values: [Double]
        /// The period series of the repetitions, where they have one.
        var series: [[Double]] = []
    }

    /// How many repetitions an interval needs on either side.
    package static let fewestRepetitions = 3
    /// How many periods do in their place.
    package static let fewestPeriods = 8

    /// Compares two samples; nil when one of them has no value.
    ///
    /// - Parameters:
    ///   - metric: The metric.
    ///   - first: What is compared with.
    ///   - second: What is compared.
    ///   - threshold: The change that matters, as a share: 0.05 for 5 %.
    ///   - seed: What drawing from repetitions begins with.
    ///   - drawn: What was drawn from series, see ``Bootstrap/changes(ofSeries:confidence:drawing:)``.
    init?(
        _ metric: Metric,
        _ first: Sample,
        _ second: Sample,
        threshold: Double,
        seed: UInt64,
        drawn: ClosedRange<Double>?
    ) {
        guard let before = Statistics.median(first.values), let after = Statistics.median(second.values) else {
            return nil
        }
        self.metric = metric
        (self.first, self.second) = (before, after)
        change = before == 0 ? nil : after / before - 1
        let fewest = min(first.values.count, second.values.count)
        if fewest >= 2 { p = MannWhitney.test(first.values, second.values)?.p }
        if fewest >= Self.fewestRepetitions {
            basis = .repetitions
            interval = Bootstrap.change(first.values, second.values, seed: seed)
        } else if let found = Self.interval(first.series, second.series, around: change, drawn) {
            basis = .periods
            interval = found
        }
        verdict = .notEnoughData
        verdict = judged(threshold, repetitions: (first.values.count, second.values.count))
        if first.values.allSatisfy({ $0 == 0 }), second.values.allSatisfy({ $0 == 0 }) { verdict = .same }
    }

    /// A metric over the whole run is not the mean of its periods, but scatters as that does: the interval of the one is laid
    /// around the change of the other.
    private static func interval(
        _ first: [[Double]],
        _ second: [[Double]],
        around change: Double?,
        _ drawn: ClosedRange<Double>?
    ) -> ClosedRange<Double>? {
        guard let change, let before = mean(of: first), let after = mean(of: second), before != 0, after != 0, let drawn
        else { return nil }
        let scale = (1 + change) / (after / before)
        let bounds = [drawn.lowerBound, drawn.upperBound].map { (1 + $0) * scale - 1 }.sorted()
        return bounds[0]...bounds[1]
    }

    /// Over all periods; nil when there are too few of them.
    private static func mean(of series: [[Double]]) -> Double? {
        let count = series.reduce(0) { $0 + $1.count }
        guard count >= fewestPeriods else { return nil }
        return series.reduce(0) { $1.reduce($0, +) } / Double(count)
    }

    /// Better or worse is a change over the threshold that chance does not explain; the same is an interval within the
    /// threshold. Anything else would take more repetitions to decide.
    private func judged(_ threshold: Double, repetitions: (first: Int, second: Int)) -> Verdict {
        let explained = isExplainedByChance(repetitions)
        guard let change, let interval else {
            guard change == nil, first != second, !explained else { return .notEnoughData }
            return metric.improves(by: second - first) ? .better : .worse
        }
        if change.magnitude >= threshold, interval.lowerBound > 0 || interval.upperBound < 0, !explained {
            return metric.improves(by: change) ? .better : .worse
        }
        return interval.lowerBound >= -threshold && interval.upperBound <= threshold ? .same : .notEnoughData
    }

    /// Of three repetitions on either side p cannot be under 0.1: there, that all of one side are above all of the other has to
    /// do.
    private func isExplainedByChance(_ repetitions: (first: Int, second: Int)) -> Bool {
        guard min(repetitions.first, repetitions.second) >= Self.fewestRepetitions else { return basis == nil }
        let isSmall = min(repetitions.first, repetitions.second) == Self.fewestRepetitions
        return (p ?? 1) > (isSmall ? 0.1 + 1e-9 : 0.05)
    }
}

extension Metric {
    /// Whether a difference is for the better.
    fileprivate func improves(by difference: Double) -> Bool { (difference > 0) == (direction == .higherIsBetter) }
}

extension MetricComparison: Encodable {
    private enum CodingKeys: String, CodingKey {
        case metric, unit, first, second, change, interval, basis, p, verdict
    }

    /// Writes every key, null for what is not known.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(metric.name, forKey: .metric)
        try container.encode(metric.unit, forKey: .unit)
        try container.encode(first, forKey: .first)
        try container.encode(second, forKey: .second)
        try container.encode(change, forKey: .change)
        try container.encode(interval.map { [$0.lowerBound, $0.upperBound] }, forKey: .interval)
        try container.encode(basis, forKey: .basis)
        try container.encode(p, forKey: .p)
        try container.encode(verdict, forKey: .verdict)
    }
}
