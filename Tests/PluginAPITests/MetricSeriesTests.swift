import Foundation
import PluginAPI
import Testing

@Suite struct MetricSeriesTests {
    private func make(_ points: [(Double, Double)], step: Double = 10) -> MetricSeries? {
        MetricSeries(host: "h", name: "n", unit: "1", points: points.map { ($0.0, $0.1) }, stepSeconds: step)
    }

    @Test func `values at any times become means of equal steps, with gaps where nothing is known`() throws {
        let series = try #require(make([(131, 9), (100, 1), (104, 3), (.nan, 1), (112, .infinity)]))
        #expect(series.start == Date(timeIntervalSince1970: 100))
        #expect(series.values == [2, nil, nil, 9])
        #expect(make([]) == nil)
        #expect(make([(1, .nan)]) == nil)
    }

    @Test func `no series has more values than are kept of one`() throws {
        let series = try #require(make((0..<10_000).map { (Double($0), 1) }, step: 1))
        #expect(series.values.count <= MetricSeries.mostValues)
        #expect(series.values.allSatisfy { $0 == 1 })
        let odd = try #require(make([(0, 1), (1e9, 2)], step: 0.0001))
        #expect(odd.values.count <= MetricSeries.mostValues)
    }

    @Test func `fewer steps are means of what is known`() throws {
        let series = try #require(make([(0, 1), (10, 3), (40, 8)]))
        let fewer = series.downsampled(to: 3)
        #expect(fewer.values == [2, nil, 8])
        #expect(fewer.stepSeconds == 20)
        #expect(series.downsampled(to: 100) == series)
    }
}
