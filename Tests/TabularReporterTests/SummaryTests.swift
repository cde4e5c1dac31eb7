import PluginAPI
import PluginTestKit
import TabularReporter
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct SummaryTests {
    private func text(_ reporter: any Reporter, _ record: ExperimentRecord) async throws -> String {
        String(decoding: try #require(try await reporter.report(record).first).content, as: UTF8.self)
    }

    @Test func `a test case passes, is skipped with its reasons, or fails`() async throws {
        let junit = try await text(JUnitReporter(options: NoOptions(), context: .fake()), try .sample())
        #expect(junit.contains("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\" time=\"360.000\""))
        #expect(junit.contains("<testcase classname=\"sample.fixed-10k\" name=\"fixed-10k#1\" time=\"360.000\">"))
        #expect(junit.contains("throughput 9990.500 msg/s"))
        #expect(
            junit.contains("<failure type=\"invalid\" message=\"=cmd()|&apos;x&apos;!A1 said &quot;no&quot;, twice\">")
        )
        #expect(junit.contains("<skipped message=\"no outcome: it was not measured to its end\"/>"))
        let doubtful = try await text(
            JUnitReporter(options: NoOptions(), context: .fake()),
            SampleExperiment.suspect.record
        )
        #expect(doubtful.contains("failures=\"0\" errors=\"0\" skipped=\"9\""))
        #expect(doubtful.contains("<skipped message=\"suspect: published 61.2 % of what was asked for\"/>"))
    }

    @Test func `XML holds any text, and what it cannot hold is replaced`() async throws {
        let junit = try await text(
            JUnitReporter(options: NoOptions(), context: .fake()),
            SampleExperiment.hostile.record
        )
        #expect(junit.contains("&lt;img src=x onerror=alert(1)&gt;&quot;&apos;&lt;/script&gt;&#13;&#10;"))
        #expect(junit.contains("]]&gt; \u{fffd}[2J\u{fffd}"))
    }

    @Test func `the summary has the answer, the cells and what casts doubt on them`() async throws {
        let summary = try await text(
            MarkdownReporter(options: NoOptions(), context: .fake()),
            SampleExperiment.complete.record
        )
        #expect(summary.hasPrefix("## sample\n\nHow many messages a second does it hold?\n"))
        #expect(summary.contains("- highest throughput: **"))
        #expect(summary.contains("- lowest p99 latency: **"))
        #expect(summary.contains("- cells: 9 valid\n- cost: $0.42\n"))
        #expect(summary.contains("| fixed.msg512.n0\\#1 | ✅ valid | 10,000 | 10,000 |"))
        let invalid = try await text(
            MarkdownReporter(options: NoOptions(), context: .fake()),
            SampleExperiment.invalid.record
        )
        #expect(!invalid.contains("highest"))
        #expect(invalid.contains("❌ invalid | 10,000 | – |"))
    }

    @Test func `a text in the summary is no mark-up, no link and no mention`() async throws {
        let summary = try await text(
            MarkdownReporter(options: NoOptions(), context: .fake()),
            SampleExperiment.hostile.record
        )
        #expect(
            summary.contains(
                "\\=cmd\\(\\)\\|&lt;img src\\=x onerror\\=alert\\(1\\)&gt;\\\"\\'&lt;\\/script&gt;  ,@\u{2060}everyone"
            )
        )
        #expect(summary.contains("\\[a\\]\\(javascript\\:alert\\(1\\)\\) \\`\\|\\` \\]\\]&gt;"))
    }

    @Test func `a summary of ten thousand cells fits into a comment`() async throws {
        let summary = try await text(
            MarkdownReporter(options: NoOptions(), context: .fake()),
            SampleExperiment.large.record
        )
        #expect(summary.utf16.count < 65_536)
        #expect(summary.contains("9900 more cells are in results.csv."))
    }
}
