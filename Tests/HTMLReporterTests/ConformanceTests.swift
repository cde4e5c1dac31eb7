import HTMLReporter
import PluginAPI
import PluginTestKit
import Testing

@Suite struct ConformanceTests {
    @Test func `the page keeps the rules of reporters`() async throws {
        try await ReporterConformance.check { HTMLReporter(options: HTMLOptions(), context: $0) }
    }
}
