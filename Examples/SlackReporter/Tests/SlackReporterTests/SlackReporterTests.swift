import PluginAPI
import PluginTestKit
import Testing

// LabHost's own package compiles these files and the reporter's as one module.
#if canImport(SlackReporter)
@testable import SlackReporter
#endif

@Suite struct SlackReporterTests {
    private static let secret = "https://hooks.slack.com/services/T000/B000/verysecret"

    private func context(
        _ http: FakeHTTP,
        _ directory: TemporaryDirectory,
        _ events: EventRecorder = EventRecorder()
    ) -> PluginContext {
        .fake(directory: directory.path, events: events, http: http, environment: ["SLACK_WEBHOOK_URL": Self.secret])
    }

    @Test func `it keeps the rules of reporters`() async throws {
        try await ReporterConformance.check { SlackReporter(options: SlackOptions(), context: $0) }
    }

    @Test func `the verdicts and the report's path are posted, once`() async throws {
        let (http, directory) = (
            FakeHTTP { _ in HTTPResponse(status: 200, body: Array("ok".utf8)) }, try TemporaryDirectory()
        )
        let reporter = SlackReporter(options: SlackOptions(), context: context(http, directory))
        let record = SampleExperiment.complete.record
        let files = try await reporter.report(record)
        _ = try await reporter.report(record)
        let request = try #require(http.requests.first)
        #expect(http.requests.count == 1)
        #expect(request.url == Self.secret)
        #expect(request.body == files.first?.content)
        let text = String(decoding: request.body, as: UTF8.self)
        #expect(text.contains("\(record.cells.count) valid"))
        #expect(text.contains("\(directory.path)/index.html"))
        #expect(!text.contains("verysecret"))
    }

    @Test func `nothing is posted while cells are being measured, nor without a webhook`() async throws {
        let (http, directory, events) = (FakeHTTP(), try TemporaryDirectory(), EventRecorder())
        let reporter = SlackReporter(options: SlackOptions(), context: context(http, directory))
        _ = try await reporter.interimReport(SampleExperiment.partial.record)
        let silent = PluginContext.fake(directory: directory.path, events: events, http: http)
        _ = try await SlackReporter(options: SlackOptions(), context: silent).report(SampleExperiment.complete.record)
        #expect(http.requests.isEmpty)
        #expect(await events.notes == ["SLACK_WEBHOOK_URL is not set: nothing is posted to Slack"])
    }

    @Test(arguments: [404, 0])
    func `a refusal says why, and never the webhook`(status: Int) async throws {
        let http = FakeHTTP { request in
            guard status != 0 else { throw HTTPFailure(.refused, "no connection to \(request.url)") }
            return HTTPResponse(status: status, body: Array("no_service".utf8))
        }
        let (directory, events) = (try TemporaryDirectory(), EventRecorder())
        let reporter = SlackReporter(options: SlackOptions(), context: context(http, directory, events))
        let error = try await #require(throws: LabError.self) {
            try await reporter.report(SampleExperiment.complete.record)
        }
        #expect(error.code == .reporting)
        #expect(error.description.contains(status == 0 ? "no connection to ***" : "HTTP 404: no_service"))
        #expect(!error.description.contains("verysecret"))
        #expect(await events.notes.isEmpty)
    }

    @Test func `a name can neither mention a channel nor become a link`() {
        var record = SampleExperiment.complete.record
        record.planName = "<!channel> <https://example.org|x> &\nsecond"
        let text = SlackMessage(record, page: "/p").text
        #expect(text.hasPrefix("*&lt;!channel&gt; &lt;https://example.org|x&gt; &amp; second*"))
    }
}
