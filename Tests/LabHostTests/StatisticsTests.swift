import SystemPackage
import Testing

@testable import LabHost

/// Held against numpy and scipy: Fixtures/statistics.py says how the expected figures were made.
@Suite struct StatisticsTests {
    private struct Expected: Decodable {
        struct Order: Decodable {
            var values: [Double]
            var mean: Double
            var median: Double
            var percentiles: [String: Double]
            var ranks: [Double]
        }
        struct Test: Decodable {
            var first: [Double]
            var second: [Double]
            var u: Double
            var p: Double
        }
        struct Interval: Decodable {
            var first: [Double]
            var second: [Double]
            var low: Double
            var high: Double
        }
        var order: [Order]
        var mann_whitney: [Test]
        var bootstrap: [Interval]
        var block_bootstrap: [Interval]
    }

    private let expected: Expected

    init() throws {
        let path = FilePath(#filePath).removingLastComponent().appending("Fixtures/statistics.json")
        expected = try JSONCoding.decode(Expected.self, from: Files.read(path))
    }

    private func isClose(_ one: Double?, _ other: Double, within tolerance: Double = 1e-12) -> Bool {
        one.map { abs($0 - other) <= tolerance * max(1, abs(other)) } ?? false
    }

    @Test func `means, medians, percentiles and ranks are numpy's`() {
        #expect(!expected.order.isEmpty)
        for sample in expected.order {
            #expect(isClose(Statistics.mean(sample.values), sample.mean))
            #expect(isClose(Statistics.median(sample.values), sample.median))
            for (percentile, value) in sample.percentiles {
                let found = Double(percentile).flatMap { Statistics.percentile($0, of: sample.values.sorted()) }
                #expect(isClose(found, value), "percentile \(percentile)")
            }
            #expect(Statistics.ranks(sample.values).ranks == sample.ranks)
        }
        #expect(Statistics.median([]) == nil)
    }

    @Test func `Mann and Whitney's test is scipy's, exact and approximate, with ties and without`() {
        #expect(expected.mann_whitney.count == 8)
        for test in expected.mann_whitney {
            let found = MannWhitney.test(test.first, test.second)
            #expect(found?.u == test.u)
            #expect(isClose(found?.p, test.p, within: 1e-9), "\(String(describing: found)) and not \(test.p)")
        }
        #expect(MannWhitney.test([1, 1, 1], [1, 1])?.p == 1)
        #expect(MannWhitney.test([], [1]) == nil)
    }

    @Test func `intervals from repetitions are those of all possible draws`() {
        for interval in expected.bootstrap {
            let found = Bootstrap.change(interval.first, interval.second, seed: 1)
            let width = interval.high - interval.low
            #expect(isClose(found?.lowerBound, interval.low, within: width * 0.1), "\(String(describing: found))")
            #expect(isClose(found?.upperBound, interval.high, within: width * 0.1), "\(String(describing: found))")
        }
    }

    @Test func `intervals from series are those of numpy's moving blocks`() {
        for interval in expected.block_bootstrap {
            var blocks = BlockDraws(seed: 1)
            let found = Bootstrap.changes(ofSeries: [([interval.first], [interval.second])], drawing: &blocks)[0]
            let width = interval.high - interval.low
            #expect(isClose(found?.lowerBound, interval.low, within: width * 0.08), "\(String(describing: found))")
            #expect(isClose(found?.upperBound, interval.high, within: width * 0.08), "\(String(describing: found))")
        }
        #expect(Bootstrap.blockLength(60) == 3)
        #expect(Bootstrap.blockLength(64) == 4)
        #expect(Bootstrap.blockLength(1) == 1)
    }

    @Test func `metrics that are drawn together have the intervals that each has alone`() {
        var generator = SplitMix64(seed: 5)
        func series(_ count: Int) -> [Double] { (0..<count).map { _ in 1 + Double(generator.index(below: 1000)) } }
        var pairs: [Bootstrap.SeriesPair] = (0..<9).map { _ in ([series(60), series(31)], [series(60)]) }
        pairs.insert(([series(12)], [series(100), []]), at: 2)
        pairs.insert(([], [series(60)]), at: 4)
        pairs.insert(([[Double](repeating: 0, count: 60)], [series(60)]), at: 6)
        var blocks = BlockDraws(seed: 1)
        let together = Bootstrap.changes(ofSeries: pairs, drawing: &blocks)
        let alone = pairs.map { pair in
            var blocks = BlockDraws(seed: 1)
            return Bootstrap.changes(ofSeries: [pair], drawing: &blocks)[0]
        }
        #expect(together == alone)
        #expect(together.indices.filter { together[$0] == nil } == [4, 6])
    }

    @Test func `percentiles are the same without sorting all values`() {
        var generator = SplitMix64(seed: 9)
        for count in [1, 2, 3, 40, 2000] {
            for kinds in [1, 2, 10_000] {
                let values = (0..<count).map { _ in Double(generator.index(below: kinds)) }
                let sorted = values.sorted()
                for order in [values, sorted, sorted.reversed()] {
                    let tails = Selection.tails(2.5, of: order)
                    #expect(isClose(tails?.low, Statistics.percentile(2.5, of: sorted) ?? .nan))
                    #expect(isClose(tails?.high, Statistics.percentile(97.5, of: sorted) ?? .nan))
                }
            }
        }
        #expect(Selection.tails(2.5, of: []) == nil)
    }

    @Test func `medians of larger samples are drawn as often as those of all draws`() {
        // Both methods see nearly the same distribution, on either side of the size from which draws are made.
        let (first, second) = ((1...10).map(Double.init), (11...20).map(Double.init))
        let all = Bootstrap.change(first, second, seed: 1)
        let drawn = Bootstrap.change(first + [5.5], second + [15.5], seed: 1)
        #expect(isClose(drawn?.lowerBound, all?.lowerBound ?? .nan, within: 0.15))
        #expect(isClose(drawn?.upperBound, all?.upperBound ?? .nan, within: 0.15))
    }

    @Test func `the same seed draws the same, and another one something else`() {
        let (first, second) = ([1.0, 2, 3, 4, 5, 6, 7], [2.0, 3, 4, 5, 6, 7, 9])
        #expect(Bootstrap.change(first, second, seed: 7) == Bootstrap.change(first, second, seed: 7))
        #expect(Bootstrap.change([0, 0], [1, 2], seed: 7) == nil)
        #expect(Bootstrap.change([], [1], seed: 7) == nil)
    }

    @Test func `a step is found where it is, two steps both, and an outlier is none`() {
        var noise = SplitMix64(seed: 42)
        func level(_ mean: Double, _ count: Int) -> [Double] {
            (0..<count).map { _ in mean + Double(noise.index(below: 1000)) / 1000 }
        }
        #expect(ChangePoints.find(in: level(5, 20) + level(8, 20), seed: 1) == [20])
        #expect(ChangePoints.find(in: level(5, 15) + level(8, 15) + level(3, 15), seed: 1) == [15, 30])
        #expect(ChangePoints.find(in: level(5, 12) + level(8, 6) + level(5, 6), seed: 1) == [12, 18])
        #expect(ChangePoints.find(in: level(5, 20) + [40] + level(5, 20), seed: 1).isEmpty)
        #expect(ChangePoints.find(in: [1, 2, 3], seed: 1).isEmpty)
        #expect(ChangePoints.find(in: [Double](repeating: 2, count: 50), seed: 1).isEmpty)
    }

    @Test func `noise alone is seldom taken for a change`() {
        var noise = SplitMix64(seed: 3)
        let found = (0..<100).count { seed in
            let series = (0..<20).map { _ in Double(noise.index(below: 1_000_000)) }
            return !ChangePoints.find(in: series, seed: UInt64(seed)).isEmpty
        }
        // One in a hundred is expected; four or more would be there in 2 % of such tests, and the seeds are fixed.
        #expect(found <= 3)
    }
}
