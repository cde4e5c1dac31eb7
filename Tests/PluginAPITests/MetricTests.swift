import PluginAPI
import Testing

@Suite struct MetricTests {
    @Test func `names are fit for SQL columns, flags and files, and no two are the same`() {
        for metric in Metric.allCases {
            #expect(metric.name.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber || $0 == "_") })
            #expect(Metric(name: metric.name) == metric)
        }
        #expect(Set(Metric.allCases.map(\.title)).count == Metric.allCases.count)
        #expect(Metric(name: "p99") == nil)
    }

    @Test func `values come from the result, the finding and the costs`() {
        let cell = Cell(name: "a", run: "a", type: .search, repetition: 1, workload: Workload(), timeoutSeconds: 1)
        var result = BenchmarkResult.plain
        result.messageSizeBytes = 2000
        let outcome = CellOutcome(
            verdict: .valid,
            result: result,
            finding: Finding(lastGoodRate: 9000, firstBadRate: nil, limit: nil, isConfirmed: true)
        )
        let costs = CellCosts(
            cost: .usd(2),
            perMillionMessages: .usd(0.5),
            perGB: .unknown("no size"),
            perMBpsHour: .unknown("no size")
        )
        func value(_ metric: Metric) -> Double? { metric.value(of: cell, outcome, costs: costs) }
        #expect(value(.throughput) == 1000)
        #expect(value(.throughputMB) == 2)
        #expect(value(.sustainedRate) == 9000)
        #expect(value(.p99Latency) == 5)
        #expect(value(.endToEndP99Latency) == nil)
        #expect(value(.costPerMillionMessages) == 0.5)
        #expect(value(.costPerGB) == nil)
        #expect(Metric.cost.value(of: cell, outcome, costs: nil) == nil)
    }

    @Test func `a cell without a result has no values, not zeros`() {
        let cell = Cell(name: "a", run: "a", type: .fixedRate, repetition: 1, workload: Workload(), timeoutSeconds: 1)
        let outcome = CellOutcome(verdict: .invalid, reasons: ["it died"])
        #expect(Metric.allCases.allSatisfy { $0.value(of: cell, outcome, costs: nil) == nil })
    }
}

extension BenchmarkResult {
    fileprivate static let plain = BenchmarkResult(
        workload: "a",
        driver: "Pulsar",
        messageSizeBytes: nil,
        publishRate: 1000,
        consumeRate: 1000,
        publishErrorRate: 0,
        finalBacklog: 0,
        publishLatency: Latency(
            meanMs: 1,
            p50Ms: 2,
            p75Ms: 3,
            p95Ms: 4,
            p99Ms: 5,
            p999Ms: 6,
            p9999Ms: 7,
            maxMs: 8
        ),
        publishDelay: nil,
        endToEndLatency: nil,
        periods: []
    )
}
