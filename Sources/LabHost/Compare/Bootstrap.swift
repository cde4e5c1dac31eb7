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
        var (before, after) = (DrawnMedians(first), DrawnMedians(second))
        var changes: [Double] = []
        changes.reserveCapacity(draws)
        for _ in 0..<draws {
            let level = before.next(&generator)
            guard level != 0 else { return nil }
            changes.append(after.next(&generator) / level - 1)
        }
        return interval(of: changes, confidence)
    }

    /// The series of one metric on both sides, one for each repetition.
    typealias SeriesPair = (first: [[Double]], second: [[Double]])

    /// The intervals of `second ÷ first − 1`, of the means, from series in time.
    ///
    /// Neighbours in time are alike, so that blocks of them are drawn (moving blocks of about the cube root of the length;
    /// Künsch, 1989). What differs from one run to the next is in no series: the interval is narrower than one from
    /// repetitions, and says less.
    ///
    /// - Parameters:
    ///   - pairs: The series to compare with and those that are compared, for each metric.
    ///   - confidence: 0.95 for 95 %.
    ///   - blocks: Where the blocks come from.
    /// - Returns: The percentile interval of each pair; nil when there is nothing to draw from, or a level is 0.
    static func changes(
        ofSeries pairs: [SeriesPair],
        confidence: Double = 0.95,
        drawing blocks: inout BlockDraws
    ) -> [ClosedRange<Double>?] {
        let filled = pairs.map { pair in (pair.first.filter { !$0.isEmpty }, pair.second.filter { !$0.isEmpty }) }
        let drawable = filled.indices.filter { index in
            let (first, second) = filled[index]
            return !second.isEmpty && first.contains { $0.contains { $0 != 0 } }
        }
        // Blocks begin at the same places in series of the same lengths.
        let alike = Dictionary(grouping: drawable) { [filled[$0].0.map(\.count), filled[$0].1.map(\.count)] }
        var intervals = [ClosedRange<Double>?](repeating: nil, count: pairs.count)
        for all in alike.values {
            for start in stride(from: 0, to: all.count, by: BlockDraws.Lanes.scalarCount) {
                let some = all[start..<min(start + BlockDraws.Lanes.scalarCount, all.count)]
                let before = blocks.means(of: lanes(some.map { filled[$0].0 }), after: 0)
                let after = blocks.means(of: lanes(some.map { filled[$0].1 }), after: filled[some[start]].0.count)
                let changes = zip(before, after).map { $1 / $0 - 1 }
                for (lane, pair) in some.enumerated() {
                    intervals[pair] = interval(of: changes.map { $0[lane] }, confidence)
                }
            }
        }
        return intervals
    }

    /// The repetitions of a few metrics, with the values of all metrics at a time in the place of one.
    private static func lanes(_ metrics: [[[Double]]]) -> [[BlockDraws.Lanes]] {
        metrics[0].indices.map { repetition in
            metrics[0][repetition].indices.map { period in
                var values = BlockDraws.Lanes.zero
                for (lane, series) in metrics.enumerated() { values[lane] = series[repetition][period] }
                return values
            }
        }
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

    private static func interval(of changes: [Double], _ confidence: Double) -> ClosedRange<Double>? {
        guard changes.allSatisfy(\.isFinite),
            let (low, high) = Selection.tails((1 - confidence) / 2 * 100, of: changes)
        else { return nil }
        return low...high
    }

    /// About the cube root, at least 2 where there are as many.
    static func blockLength(_ count: Int) -> Int {
        var length = 1
        while (length + 1) * (length + 1) * (length + 1) <= count { length += 1 }
        return min(max(length, 2), count)
    }
}

/// A sample that medians are drawn from, sorted once.
private struct DrawnMedians {
    private let sorted: [Double]
    private var counts: [Int]

    init(_ sample: [Double]) {
        sorted = sample.sorted()
        counts = [Int](repeating: 0, count: sample.count)
    }

    /// The median of as many values as there are, drawn with replacement.
    mutating func next(_ generator: inout SplitMix64) -> Double {
        for index in counts.indices { counts[index] = 0 }
        for _ in counts.indices { counts[generator.index(below: counts.count)] += 1 }
        let low = value(at: (counts.count - 1) / 2)
        return counts.count.isMultiple(of: 2) ? (low + value(at: counts.count / 2)) / 2 : low
    }

    /// The value that as many of the drawn ones are before.
    private func value(at rank: Int) -> Double {
        var (index, passed) = (0, counts[0])
        while passed <= rank {
            index += 1
            passed += counts[index]
        }
        return sorted[index]
    }
}

extension SplitMix64 {
    /// A number from 0 on, each as likely as the other: `Int.random` may draw differently in another Swift.
    mutating func index(below count: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(count)).high)
    }
}
