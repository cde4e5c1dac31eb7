import PluginAPI
import Testing

@testable import OMBRunner

@Suite("OMB's result is read in LabHost's units")
struct ResultTests {
    @Test("publish delay is microseconds in OMB and milliseconds here")
    func units() throws {
        let result = try Recording("redis-rate-1k").benchmarkResult()
        #expect(result.workload == "rate-1k-100b")
        #expect(result.messageSizeBytes == 100)
        #expect(result.publishLatency.p99Ms == 1.778)
        #expect(result.publishLatency.maxMs == 51.386)
        #expect(result.publishDelay?.p99Ms == 3.049)
        #expect(result.publishDelay?.maxMs == 50.805)
        #expect(result.endToEndLatency?.p99Ms == 15)
        #expect(result.periods.count == 6)
        #expect(result.periods[0].publishDelayP99Ms == 8.586)
        #expect(result.finalBacklog == 0)
    }

    @Test("quantiles are in order, with percentiles that Java wrote as 8.27E-7")
    func quantiles() throws {
        let quantiles = try Recording.published("pulsar-latency-default-sync-200k").publishLatency.quantiles
        #expect(quantiles.count == 2076)
        #expect(quantiles.first == BenchmarkResult.Quantile(percentile: 8.277030899894526e-7, valueMs: 0.714))
        #expect(quantiles.last == BenchmarkResult.Quantile(percentile: 100, valueMs: 83.576))
        #expect(zip(quantiles, quantiles.dropFirst()).allSatisfy { $0.percentile < $1.percentile })
    }

    @Test(
        "what an older OMB does not measure is unknown, not 0",
        arguments: [
            "kafka-latency-sync-200k", "pulsar-latency-default-sync-200k",
            "pulsar-throughput-default-sync-colocated", "rabbitmq-latency-classic-30k",
        ]
    )
    func older(name: String) throws {
        let result = try Recording.published(name)
        #expect(result.publishDelay == nil)
        #expect(result.publishErrorRate == nil)
        #expect(result.messageSizeBytes == nil)
        #expect(result.publishRate > 1000)
        #expect(result.periods.allSatisfy { $0.publishDelayP99Ms == nil })
    }

    @Test("a message size of 0 is unknown, as where the sizes come from a distribution")
    func noSize() throws {
        let content = try #require(try Recording("redis-rate-1k").result())
        let text = String(decoding: content, as: UTF8.self).replacing(
            /"messageSize"\s*:\s*100/,
            with: #""messageSize": 0"#
        )
        #expect(text.contains(#""messageSize": 0"#))
        #expect(try #require(OMBResult(Array(text.utf8)).benchmarkResult).messageSizeBytes == nil)
    }

    @Test(
        "a result that was cut off, is empty or is something else is an error that says where",
        arguments: [0, 1, 5000]
    )
    func truncated(length: Int) throws {
        let content = try #require(try Recording("redis-rate-1k").result())
        #expect(throws: LabError.self) { try OMBResult(Array(content.prefix(length))) }
    }

    @Test("a result without a field names it")
    func missingField() {
        let error = #expect(throws: LabError.self) { try OMBResult(Array(#"{"workload": "a", "driver": "b"}"#.utf8)) }
        #expect(error?.cause == "result.json:1:1: error: there is no publishRate")
    }

    @Test("what is not a number is an error, as are periods that do not match")
    func notNumbers() throws {
        let content = try #require(try Recording("redis-rate-1k").result())
        let text = String(decoding: content, as: UTF8.self)
        let poisoned = text.replacing(
            #""aggregatedPublishLatencyAvg" : 0"#,
            with: #""aggregatedPublishLatencyAvg" : "NaN", "x" : 0"#
        )
        #expect(poisoned != text)
        let error = #expect(throws: LabError.self) { try OMBResult(Array(poisoned.utf8)) }
        #expect(error?.cause?.hasSuffix("a value of aggregatedPublishLatencyAvg is no number") == true)
        let short = text.replacing(/"consumeRate" : \[[^\]]*\]/, with: "\"consumeRate\" : [1.0]")
        #expect(throws: LabError.self) { try OMBResult(Array(short.utf8)) }
    }

    @Test("no period is nothing measured")
    func noPeriods() throws {
        let content = try #require(try Recording("silent-empty-payload-pool").result())
        var text = String(decoding: content, as: UTF8.self)
        for key in ["publishRate", "consumeRate", "backlog"] {
            let list = try Regex("\"\(key)\" : \\[[^\\]]*\\]")
            text.replace(list, with: "\"\(key)\" : []")
        }
        #expect(try OMBResult(Array(text.utf8)).benchmarkResult == nil)
    }
}
