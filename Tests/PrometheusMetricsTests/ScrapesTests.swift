import PluginAPI
import Testing

@testable import PrometheusMetrics

@Suite struct ScrapesTests {
    private func series(_ text: String) -> [String: MetricSeries] {
        Dictionary(
            uniqueKeysWithValues: Scrapes(text).series(of: "broker-1", interval: 10).map { ($0.name, $0) }
        )
    }

    @Test func `counters become rates, label set by label set`() throws {
        let found = series(
            """
            # labhost 1000
            # TYPE bytes_total counter
            bytes_total{topic="a"} 100
            # labhost 1010
            bytes_total{topic="a"} 200
            bytes_total{topic="b"} 5000
            # labhost 1020
            bytes_total{topic="a"} 300
            bytes_total{topic="b"} 5100
            """
        )
        let rate = try #require(found["bytes_total/s"])
        // That b is new is no jump of 5000.
        #expect(rate.values == [10, 20])
        #expect(rate.unit == "B/s")
        #expect(found["bytes_total"] == nil)
    }

    @Test func `a counter that begins again says nothing of that time`() throws {
        let found = series("# labhost 0\nx_total 50\n# labhost 10\nx_total 3\n# labhost 20\nx_total 13\n")
        #expect(found["x_total/s"]?.values == [1])
    }

    @Test func `gauges are added up, quantiles are not, and buckets are left out`() {
        let found = series(
            """
            # labhost 0
            # TYPE backlog gauge
            backlog{topic="a"} 1
            backlog{topic="b"} 2
            # TYPE sync summary
            sync{success="true",quantile="0.99"} 4
            sync{success="false",quantile="0.99"} 9
            # TYPE size histogram
            size_bucket{le="1"} 7
            broken NaN
            """
        )
        #expect(found["backlog"]?.values == [3])
        #expect(found["sync p99"]?.values == [9])
        #expect(found.keys.sorted() == ["backlog", "sync p99"])
    }

    @Test func `a host that did not answer is unknown meanwhile`() {
        let found = series("# labhost 0\nbacklog 1\n# labhost 10\n# labhost 20\nbacklog 0\n")
        #expect(found["backlog"]?.values == [1, nil, 0])
        #expect(series("").isEmpty)
        #expect(series("# labhost 10\n").isEmpty)
        #expect(series("no mark 1\n").isEmpty)
    }
}
