import PluginAPI
import Testing

@Suite struct DriftTests {
    private func result(rate: Double, p99: Double) -> BenchmarkResult {
        let latency = BenchmarkResult.Latency(
            meanMs: 1,
            p50Ms: 1,
            p75Ms: 1,
            p95Ms: 1,
            p99Ms: p99,
            p999Ms: p99,
            p9999Ms: p99,
            maxMs: p99
        )
        return BenchmarkResult(
            workload: "w",
            driver: "Pulsar",
            messageSizeBytes: 1,
            publishRate: rate,
            consumeRate: rate,
            publishErrorRate: nil,
            finalBacklog: nil,
            publishLatency: latency,
            publishDelay: nil,
            endToEndLatency: nil,
            periods: []
        )
    }

    @Test func `drift is the change from the first to the last`() throws {
        let drift = Drift(cell: "a", result(rate: 1000, p99: 4), canary: "a.canary", result(rate: 990, p99: 5))
        let rate = try #require(drift.publishRatePercent)
        #expect(abs(rate + 1) < 0.000_001)
        #expect(drift.publishP99Percent == 25)
    }

    @Test func `what was not measured has no drift, and not one of nothing`() {
        let drift = Drift(cell: "a", nil, canary: "a.canary", result(rate: 990, p99: 5))
        #expect(drift.publishRatePercent == nil && drift.publishP99Percent == nil)
        let zero = Drift(cell: "a", result(rate: 0, p99: 0), canary: "a.canary", result(rate: 990, p99: 5))
        #expect(zero.publishRatePercent == nil && zero.publishP99Percent == nil)
    }
}
