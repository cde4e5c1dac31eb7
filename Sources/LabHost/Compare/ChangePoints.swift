/// Where the level of a series changed.
///
/// The stretch whose values differ most from the rest is looked for, by the sum of their ranks; if that is more than chance
/// explains by a permutation test, the series is cut at its ends, and each piece searched in turn (circular binary segmentation;
/// Olshen, Venkatraman, Lucito and Wigler, 2004). A level that comes back is found as well as one that stays, ranks make an
/// outlier count no more than any other value, and no shape of the noise is assumed.
enum ChangePoints {
    /// The fewest values of a level.
    static let smallestLevel = 3
    /// How often the values are shuffled.
    static let permutations = 199
    /// In one of a hundred series without a change one is found by chance.
    static let significance = 0.01
    /// Only the newest values are looked at: work grows with the square of their number.
    static let mostValues = 400

    /// Finds the changes.
    ///
    /// - Parameters:
    ///   - values: The series in order of time.
    ///   - seed: What the shuffling begins with.
    /// - Returns: The indices at which a new level begins, in order.
    static func find(in values: [Double], seed: UInt64) -> [Int] {
        let start = max(0, values.count - mostValues)
        let recent = Array(values[start...])
        var generator = SplitMix64(seed: seed)
        var cuts: Set<Int> = []
        var pending = [0..<recent.count]
        while let range = pending.popLast() {
            guard let stretch = significantStretch(Array(recent[range]), &generator) else { continue }
            let ends = [0, stretch.lowerBound, stretch.upperBound, range.count].map { range.lowerBound + $0 }
            cuts.formUnion(ends[1...2].filter { range.lowerBound < $0 && $0 < range.upperBound })
            pending += zip(ends, ends.dropFirst()).filter { $0 < $1 }.map { $0..<$1 }
        }
        return confirmed(cuts.sorted(), in: recent).map { $0 + start }
    }

    /// A stretch has two ends, and one of them may have come along with the other: neighbouring levels must differ by themselves.
    private static func confirmed(_ cuts: [Int], in values: [Double]) -> [Int] {
        var kept: [Int] = []
        for (index, cut) in cuts.enumerated() {
            let start = kept.last ?? 0
            let end = index + 1 < cuts.count ? cuts[index + 1] : values.count
            let place = refined(cut, between: start, and: end, in: values)
            if let p = MannWhitney.test(Array(values[start..<place]), Array(values[place..<end]))?.p, p <= 0.05 {
                kept.append(place)
            }
        }
        return kept
    }

    /// Ranks know which stretch is another, and not to the value where it ends: that is where both sides are closest to their
    /// medians.
    private static func refined(_ cut: Int, between start: Int, and end: Int, in values: [Double]) -> Int {
        guard end - start > 2 * smallestLevel else { return cut }
        return ((start + smallestLevel)...(end - smallestLevel)).min { one, other in
            spread(values[start..<one]) + spread(values[one..<end])
                < spread(values[start..<other]) + spread(values[other..<end])
        } ?? cut
    }

    private static func spread(_ values: ArraySlice<Double>) -> Double {
        let median = Statistics.median(values) ?? 0
        return values.reduce(0) { $0 + abs($1 - median) }
    }

    private static func significantStretch(
        _ values: [Double],
        _ generator: inout SplitMix64
    ) -> Range<Int>? {
        guard values.count >= 2 * smallestLevel else { return nil }
        var ranks = Statistics.ranks(values).ranks
        let (stretch, statistic) = bestStretch(ranks)
        guard statistic > 0 else { return nil }
        let tolerated = Int(significance * Double(permutations + 1)) - 1
        var asGood = 0
        for _ in 0..<permutations {
            ranks.shuffleStably(&generator)
            if bestStretch(ranks).statistic >= statistic { asGood += 1 }
            // Whatever the rest would show, chance explains it.
            if asGood > tolerated { return nil }
        }
        return stretch
    }

    /// The stretch whose ranks are furthest from what they would be on average, in units of their spread, squared.
    private static func bestStretch(_ ranks: [Double]) -> (stretch: Range<Int>, statistic: Double) {
        let count = ranks.count
        let mean = Double(count + 1) / 2
        let sums = ranks.reduce(into: [0.0]) { $0.append(($0.last ?? 0) + $1 - mean) }
        var best = (stretch: 0..<count, statistic: 0.0)
        for start in 0...(count - smallestLevel) where start == 0 || start >= smallestLevel {
            for end in (start + smallestLevel)...count where end == count || count - end >= smallestLevel {
                let length = end - start
                guard count - length >= smallestLevel else { continue }
                let sum = sums[end] - sums[start]
                let statistic = sum * sum / Double(length * (count - length))
                if statistic > best.statistic { best = (start..<end, statistic) }
            }
        }
        return best
    }
}

extension [Double] {
    /// Fisher and Yates, the same in every Swift.
    fileprivate mutating func shuffleStably(_ generator: inout SplitMix64) {
        for index in indices.dropFirst().reversed() { swapAt(index, generator.index(below: index + 1)) }
    }
}
