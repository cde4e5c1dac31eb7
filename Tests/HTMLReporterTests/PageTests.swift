import PluginAPI
import PluginTestKit
import Testing

@testable import HTMLReporter

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct PageTests {
    private func page(_ record: ExperimentRecord) -> String {
        Page(model: ReportModel(record, writtenAt: SampleExperiment.start)).html.source
    }

    @Test func `a whole experiment has every section, and a failed one those that it has something for`() {
        let whole = page(SampleExperiment.complete.record)
        let sections = [
            "answer", "cells", "time", "percentiles", "rates", "matrix", "cost", "validity", "conditions", "cluster",
            "timeline", "receipt", "reproduce",
        ]
        for section in sections { #expect(whole.contains("<section id=\"\(section)\""), "\(section)") }
        let failed = page(SampleExperiment.failed.record)
        #expect(failed.contains("<strong>provision failed.</strong> the cluster could not be created"))
        #expect(failed.contains("InsufficientInstanceCapacity"))
        #expect(!failed.contains("<section id=\"percentiles\""))
    }

    @Test func `the best is a valid cell, and a suspect one only where no valid one has the number`() throws {
        var record = SampleExperiment.complete.record
        for index in record.cells.indices where index != 3 {
            record.cells[index].outcome?.verdict = .suspect
        }
        let cells = record.cells
        let best = try #require(ReportModel(record, writtenAt: SampleExperiment.start).best(by: .throughput))
        #expect(best.cell.name == cells[3].cell.name)
        record.cells[3].outcome?.verdict = .invalid
        let doubtful = try #require(ReportModel(record, writtenAt: SampleExperiment.start).best(by: .throughput))
        #expect(doubtful.cell.isSuspect)
        #expect(
            doubtful.value
                == cells.compactMap { $0.outcome?.result?.publishRate }.enumerated()
                .filter { $0.offset != 3 }.map(\.element).max()
        )
    }

    @Test func `the numbers of an invalid cell are nowhere on the page`() {
        var record = SampleExperiment.complete.record
        record.cells[0].outcome?.result?.publishRate = 7_654_321
        record.cells[0].outcome?.result?.publishLatency.p99Ms = 8765.4
        #expect(page(record).contains("7,654,321"))
        record.cells[0].outcome?.verdict = .invalid
        let page = page(record)
        for number in ["7,654,321", "7.65M", "8,765"] { #expect(!page.contains(number), "\(number)") }
    }

    @Test func `the warm-up is drawn before measuring, on a ground of its own, and is in no figure`() {
        var record = SampleExperiment.complete.record
        #expect(page(record).contains("<rect class=\"shade\""))
        #expect(page(record).contains(">-50</text>"))
        for index in record.cells.indices { record.cells[index].samples = [] }
        #expect(!page(record).contains("<rect class=\"shade\""))
        #expect(!page(record).contains("warm-up"))
    }

    @Test func `the busiest hosts are named, and what was not measured is a dash`() {
        let page = page(SampleExperiment.complete.record)
        #expect(page.contains("<td>48 % client-2</td>"))
        #expect(page.contains("<td>0.02 % broker-1</td>"))
        #expect(page.contains("<td>0.21 ± 0.35 ms</td>"))
    }

    @Test func `the rate that did not hold is marked with what it did not keep`() {
        #expect(page(SampleExperiment.complete.record).contains(">30,000: 31 &gt; 10 ms</text>"))
    }

    @Test func `without series there is nothing over time, and the figures stay`() {
        var record = SampleExperiment.complete.record
        for index in record.cells.indices {
            record.cells[index].samples = []
            record.cells[index].outcome?.result?.periods = []
        }
        #expect(!page(record).contains("<section id=\"time\""))
        #expect(page(record).contains("<section id=\"percentiles\""))
    }

    @Test func `what is made up says so before anything else, and in the title`() {
        let page = page(SampleExperiment.simulated.record)
        #expect(page.contains("<title>sample (simulated) · LabHost</title>"))
        #expect(page.components(separatedBy: "<h1>")[0].contains("<strong>Simulated.</strong>"))
        #expect(!self.page(SampleExperiment.complete.record).lowercased().contains("simulated.</strong>"))
    }

    @Test func `cells without an outcome make it partial`() {
        #expect(page(SampleExperiment.partial.record).contains("<strong>Partial.</strong> 4 of 9 cells"))
        #expect(!page(SampleExperiment.complete.record).contains("<strong>Partial.</strong>"))
    }

    @Test func `a cost that is not known is unknown, and no 0`() {
        let page = page(SampleExperiment.complete.record)
        #expect(page.contains("unknown (no price of m9.huge)"))
        #expect(page.contains("The cost of 2 cells is unknown"))
    }

    @Test func `the page asks nothing of any network`() {
        let page = page(SampleExperiment.hostile.record)
        #expect(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-"))
        for call in ["src=\"http", "href=\"http", "url(", "@import", "<link", "<iframe"] {
            #expect(!page.contains(call), "\(call)")
        }
    }

    @Test func `ten thousand cells make a page that a browser can hold, with rows beyond the first page hidden`() {
        let page = page(SampleExperiment.large.record)
        #expect(page.utf8.count < 8_000_000, "\(page.utf8.count) bytes")
        #expect(page.contains("The first 50 of 10,000 cells."))
        #expect(page.contains("Printed are 2,000 of 10,000 cells."))
        #expect(page.components(separatedBy: "<tr data-verdict=\"valid\" hidden>").count - 1 == 9950)
        #expect(page.components(separatedBy: "<figure>").count < 60)
    }
}
