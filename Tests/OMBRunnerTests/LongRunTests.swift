import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import OMBRunner

@Suite("A result of any length is read in memory that does not grow with it")
struct LongRunTests {
    @Test("a run of at most a day keeps every period")
    func short() {
        var column = PeriodColumn(.mean, limit: 8)
        for value in 1...7 { column.append(Double(value)) }
        column.finish()
        #expect(column.values == [1, 2, 3, 4, 5, 6, 7])
        #expect(column.span == 1)
    }

    @Test("periods of a longer one are put together: rates as means, percentiles as the worst, the backlog as the last")
    func folds() {
        func folded(_ fold: PeriodColumn.Fold, _ count: Int) -> PeriodColumn {
            var column = PeriodColumn(fold, limit: 4)
            for value in 1...count { column.append(Double(value)) }
            column.finish()
            return column
        }
        #expect(folded(.mean, 7).values == [1.5, 3.5, 5.5, 7])
        #expect(folded(.worst, 7).values == [2, 4, 6, 7])
        #expect(folded(.last, 7).values == [2, 4, 6, 7])
        #expect(folded(.mean, 7).span == 2)
        #expect(folded(.mean, 7).mean == 4)
        #expect(folded(.mean, 11).values == [2.5, 6.5, 10])
        #expect(folded(.mean, 11).span == 4)
        for fold in [PeriodColumn.Fold.mean, .worst, .last] {
            let column = folded(fold, 1_000_001)
            #expect(column.values.count <= 4)
            #expect(column.count == 1_000_001)
            #expect(column.mean == 500_001)
        }
        #expect(folded(.worst, 1_000_001).values.last == 1_000_001)
    }

    @Test("of a distribution with too many points fewer are kept, the highest among them, and none reads too low")
    func quantiles() throws {
        var points = QuantilePoints(limit: 100)
        for index in (1...10_000).shuffled() {
            points.append(BenchmarkResult.Quantile(percentile: Double(index) / 100, valueMs: Double(index)))
        }
        let finished = points.finish()
        let kept = try #require(finished)
        #expect(kept.count <= 100 && kept.count > 25)
        #expect(kept.last == BenchmarkResult.Quantile(percentile: 100, valueMs: 10_000))
        #expect(zip(kept, kept.dropFirst()).allSatisfy { $0.percentile < $1.percentile })
        let above = try #require(kept.first { $0.percentile >= 50 })
        #expect(above.valueMs >= 5000 && above.valueMs <= 5400)

        var doubled = QuantilePoints()
        doubled.append(BenchmarkResult.Quantile(percentile: 50, valueMs: 1))
        doubled.append(BenchmarkResult.Quantile(percentile: 50, valueMs: 2))
        let ambiguous = doubled.finish()
        #expect(ambiguous == nil)
    }

    @Test("a run of four days is judged by its number of periods and not by what is kept of them")
    func judged() throws {
        let text = String(decoding: try #require(try Recording("redis-rate-1k").result()), as: UTF8.self)
        // Every list 6,000 times over.
        let long = text.replacing(/\[([^\[\]]*)\]/) { match in
            "[\(Array(repeating: String(match.output.1), count: 6000).joined(separator: ","))]"
        }
        let result = try #require(try OMBResult(Array(long.utf8)).benchmarkResult)
        #expect(result.periodCount == 36_000)
        #expect(result.periods.count <= PeriodColumn.limit)
        #expect(result.merging == BenchmarkResult.Merging(periods: 36_000, span: 8))
        let short = try Recording("redis-rate-1k").benchmarkResult()
        #expect(abs(result.publishRate - short.publishRate) < 1e-6)
        #expect(
            result.periods.map(\.publishP99Ms).compactMap(\.self).max()
                == short.periods.compactMap(\.publishP99Ms).max()
        )
        let cell = Cell.recorded("rate-1k-100b", rate: 1000, minutes: 6000)
        #expect(Judge(of: cell).outcome(of: result).reasons == [])
        let half = Cell.recorded("rate-1k-100b", rate: 1000, minutes: 12_100)
        #expect(Judge(of: half).outcome(of: result).causes.map(\.code) == [.periodsMissing])
    }

    @Test("a file says where its result comes from: who ran it, which OMB wrote it, its size and its hash")
    func provenance() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path.appending("mine.json")
        let content = try #require(try Recording("redis-rate-1k").result())
        try LocalFile.write(content, to: path)
        let result = try OMBResultFile.read(path, source: .imported)
        let provenance = try #require(result.provenance)
        #expect(provenance.source == .imported)
        #expect(provenance.generation == .ombWithDelay)
        #expect(provenance.file == "mine.json")
        #expect(provenance.sizeBytes == content.count)
        #expect(provenance.sha256.utf8.count == 64)
        #expect(try Recording.publishedProvenance("kafka-latency-sync-200k")?.generation == .ombWithoutDelay)

        try LocalFile.write(content.dropLast(10), to: path)
        let error = #expect(throws: LabError.self) { try OMBResultFile.read(path, source: .imported) }
        #expect(error?.cause?.contains("mine.json:") == true)
        #expect(throws: LabError.self) { try OMBResultFile.read(directory.path.appending("none"), source: .run) }
    }

    @Test("a member that comes twice is a fault, and so is a text after the object")
    func strict() throws {
        let text = String(decoding: try #require(try Recording("redis-rate-1k").result()), as: UTF8.self)
        #expect(throws: LabError.self) { try OMBResult(Array((text + "{}").utf8)) }
        let twice = text.replacing("{\n", with: "{ \"driver\": \"x\", ", maxReplacements: 1)
        let error = #expect(throws: LabError.self) { try OMBResult(Array(twice.utf8)) }
        #expect(error?.cause?.hasSuffix("driver comes twice") == true, "\(error?.cause ?? "")")
    }
}
