import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import HTMLReporter

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct InsideChartsTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func series(_ host: String, _ name: String, _ values: [Double?]) -> MetricSeries {
        MetricSeries(
            host: host,
            name: name,
            unit: "%",
            start: SampleExperiment.start,
            stepSeconds: 10,
            values: values
        )
    }

    private func page(of record: ExperimentRecord) -> String {
        Page(model: ReportModel(record, writtenAt: SampleExperiment.start)).html.source
    }

    @Test func `the cells that are drawn over time have what their hosts did beside their latency`() throws {
        var record = SampleExperiment.complete.record
        record.metrics = MetricsArchive(directory.path)
        #expect(!page(of: record).contains("inside the hosts"))
        for cell in record.cells {
            try LocalFile.makeDirectory(directory.path.appending(cell.cell.name))
            let hostile = series("broker-1\"><script>", "<b>odd</b>", [1])
            let all = [series("broker-1", "cpu", [10, nil, 90]), series("bookie-1", "cpu", [20]), hostile]
            #expect(try record.metrics?.keep(all, of: cell.cell.name) == 0)
        }
        let page = page(of: record)
        #expect(page.contains("inside the hosts"))
        #expect(page.contains("cpu, %"))
        #expect(page.contains("data-name=\"bookie-1\""))
        #expect(!page.contains("<b>odd"))
        #expect(!page.contains("broker-1\"><"))
    }

    @Test func `what cannot be read of the hosts is said where it would be`() throws {
        var record = SampleExperiment.complete.record
        record.metrics = MetricsArchive(directory.path)
        for (index, cell) in record.cells.enumerated() {
            try LocalFile.makeDirectory(directory.path.appending(cell.cell.name))
            let file = directory.path.appending(cell.cell.name).appending("metrics.json")
            if index == 0 { try LocalFile.write("<script>".utf8, to: file) }
        }
        let page = page(of: record)
        #expect(page.components(separatedBy: "What was collected inside the hosts is missing").count == 2)
        #expect(page.contains("metrics.json"))
    }

    @Test func `a report of thousands of cells draws those of a few`() throws {
        var record = SampleExperiment.large.record
        record.cells.removeSubrange(1_000...)
        record.metrics = MetricsArchive(directory.path)
        let many = (0..<9).flatMap { host in
            (0..<20).map { series("host-\(host)", "m\($0)", Array(repeating: 5, count: 200)) }
        }
        let names = record.cells.map(\.cell.name)
        for name in names { try LocalFile.makeDirectory(directory.path.appending(name)) }
        _ = try record.metrics?.keep(many, of: names[0])
        let file = directory.path.appending(names[0]).appending("metrics.json")
        let content = try #require(try LocalFile.read(file))
        for name in names { try LocalFile.write(content, to: directory.path.appending(name).appending("metrics.json")) }
        #expect(page(of: record).components(separatedBy: "inside the hosts").count - 1 == TimeSection.mostCells)
    }

    @Test func `no more metrics and hosts are drawn than one can see apart`() {
        let names = InsideCharts.chosen(Set((0..<30).map { "m\($0)" } + ["net_out", "cpu"]))
        #expect(names.count == InsideCharts.mostCharts)
        #expect(names.prefix(2) == ["cpu", "net_out"])
        let all = (0..<20).map { series("h\($0 + 10)", "cpu", [Double($0)]) }
        #expect(InsideCharts.hosts(in: all, by: "cpu") == (12..<20).map { "h\($0 + 10)" })
    }
}
