/// Confidence intervals of how one sample's level differs from another's, by drawing samples from the samples.
///
/// The same seed gives the same interval on every machine.
enum Bootstrap {
    /// How many samples are drawn.
    static let draws = 2000

    /// The interval of `second ÷ first − 1`, of the medians, from repetitions that are independent of each other.
    ///
    /// - Parameters:
    ///   - first: The values to compare with, all above 0.
    ///   - second: The values that are compared.
    ///   - confidence: 0.95 for 95 %.
    ///   - seed: What the drawing begins with.
    /// - Returns: The percentile interval; nil when a sample is empty or a level is 0.
    static func change(
        _ first: [Double],
        _ second: [Double],
        confidence: Double = 0.95,
        seed: UInt64
    ) -> ClosedRange<Double>? {
        guard !first.isEmpty, !second.isEmpty else { return nil }
        if max(first.count, second.count) <= MedianDistribution.mostValues { return exact(first, second, confidence) }
        var generator = SplitMix64(seed: seed)
        return interval(confidence) {
            ratio(
                Statistics.median(resampled(first, &generator)),
                Statistics.median(resampled(second, &generator))
            )
        }
    }

    /// The interval of `second ÷ first − 1`, of the means, from series in time.
    ///
    /// Neighbours in time are alike, so that blocks of them are drawn (moving blocks of about the cube root of the length;
    /// Künsch, 1989). What differs from one run to the next is in no series: the interval is narrower than one from
    /// repetitions, and says less.
    ///
    /// - Parameters:
    ///   - first: The series to compare with, one for each repetition.
    ///   - second: The series that are compared.
    ///   - confidence: 0.95 for 95 %.
    ///   - seed: What the drawing begins with.
    /// - Returns: The percentile interval; nil when there is nothing to draw from, or a level is 0.
    static func change(
        ofSeries first: [[Double]],
        _ second: [[Double]],
        confidence: Double = 0.95,
        seed: UInt64
    ) -> ClosedRange<Double>? {
        let (first, second) = (first.compactMap(Blocks.init), second.compactMap(Blocks.init))
        guard !first.isEmpty, !second.isEmpty else { return nil }
        var generator = SplitMix64(seed: seed)
        return interval(confidence) { ratio(first.mean(&generator), second.mean(&generator)) }
    }

    /// Of small samples all draws are accounted for.
    private static func exact(_ first: [Double], _ second: [Double], _ confidence: Double) -> ClosedRange<Double>? {
        var changes: [(change: Double, probability: Double)] = []
        let others = MedianDistribution(of: second).points
        for one in MedianDistribution(of: first).points {
            guard one.value != 0 else { return nil }
            for other in others { changes.append((other.value / one.value - 1, one.probability * other.probability)) }
        }
        changes.sort { $0.change < $1.change }
        func quantile(_ share: Double) -> Double? {
            var sum = 0.0
            return changes.first { _, probability in
                sum += probability
                return sum >= share - 1e-12
            }?.change ?? changes.last?.change
        }
        guard let low = quantile((1 - confidence) / 2), let high = quantile((1 + confidence) / 2) else { return nil }
        return low...high
    }

    private static func interval(_ confidence: Double, _ draw: () -> Double?) -> ClosedRange<Double>? {
        var changes: [Double] = []
        changes.reserveCapacity(draws)
        for _ in 0..<draws {
            guard let change = draw(), change.isFinite else { return nil }
            changes.append(change)
        }
        changes.sort()
        let tail = (1 - confidence) / 2 * 100
        guard let low = Statistics.percentile(tail, of: changes),
            let high = Statistics.percentile(100 - tail, of: changes)
        else { return nil }
        return low...high
    }

    private static func ratio(_ first: Double?, _ second: Double?) -> Double? {
        guard let first, let second, first != 0 else { return nil }
        return second / first - 1
    }

    private static func resampled(_ values: [Double], _ generator: inout SplitMix64) -> [Double] {
        values.indices.map { _ in values[generator.index(below: values.count)] }
    }

    /// About the cube root, at least 2 where there are as many.
    static func blockLength(_ count: Int) -> Int {
        var length = 1
        while (length + 1) * (length + 1) * (length + 1) <= count { length += 1 }
        return min(max(length, 2), count)
    }
}

/// A series whose blocks can be added up at once.
private struct Blocks {
    /// The sums of the first 0, 1, 2 … values.
    private let sums: [Double]
    private let length: Int
    let count: Int

    /// Prepares a series; nil when it is empty.
    init?(_ series: [Double]) {
        guard !series.isEmpty else { return nil }
        count = series.count
        length = Bootstrap.blockLength(count)
        sums = series.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
    }

    /// The sum of as many values as there are, drawn in blocks; the last one is cut to fit.
    func drawnSum(_ generator: inout SplitMix64) -> Double {
        var (sum, left) = (0.0, count)
        while left > 0 {
            let start = generator.index(below: count - length + 1)
            sum += sums[start + min(length, left)] - sums[start]
            left -= length
        }
        return sum
    }
}

extension [Blocks] {
    fileprivate func mean(_ generator: inout SplitMix64) -> Double? {
        var sum = 0.0
        for blocks in self { sum += blocks.drawnSum(&generator) }
        return sum / Double(reduce(0) { $0 + $1.count })
    }
}

extension SplitMix64 {
    /// A number from 0 on, each as likely as the other: `Int.random` may draw differently in another Swift.
    mutating func index(below count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }
}
