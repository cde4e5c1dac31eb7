public import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Posts the verdicts and the report's path to a Slack channel, once, when an experiment is over.
///
/// The webhook is a secret: it comes from an environment variable, and is in no file, event or error.
public struct SlackReporter: Reporter {
    /// What `labhost plugins` says of it.
    public static let descriptor = PluginDescriptor(
        id: "slack",
        phase: .report,
        summary: "posts the verdicts to a Slack channel; slack.json: what it posts"
    )

    private let options: SlackOptions
    private let context: PluginContext

    /// Makes the reporter.
    public init(options: SlackOptions, context: PluginContext) {
        self.options = options
        self.context = context
    }

    /// Posts the message unless it has been, and keeps it as a file.
    ///
    /// - Throws: ``LabError`` with code `reporting` when Slack does not take it.
    public func report(_ record: ExperimentRecord) async throws -> [ReportFile] {
        let message = SlackMessage(record, page: context.directory.appending("index.html").string)
        let files = try await interimReport(record)
        guard let webhook = context.environment[options.webhookVariable], !webhook.isEmpty else {
            try await context.events.note("\(options.webhookVariable) is not set: nothing is posted to Slack", .warning)
            return files
        }
        // The report is written before the teardown and again after it; a channel wants to hear of it once.
        let posted = context.directory.appending(".slack-posted")
        guard try LocalFile.read(posted) == nil else { return files }
        try await SlackWebhook(url: webhook, http: context.http).post(message.json())
        try LocalFile.write(Array("\(record.experiment)\n".utf8), to: posted)
        return files
    }

    /// The message as a file; nothing is posted while cells are being measured.
    public func interimReport(_ record: ExperimentRecord) async throws -> [ReportFile] {
        let message = SlackMessage(record, page: context.directory.appending("index.html").string)
        return [ReportFile(name: "slack.json", content: try message.json())]
    }
}

/// The options of ``SlackReporter``.
public struct SlackOptions: PluginOptions {
    /// The keys.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "webhook_variable",
            .string(pattern: "[A-Za-z_][A-Za-z0-9_]*", what: "the name of an environment variable"),
            "The environment variable that holds the URL of the incoming webhook.",
            default: "SLACK_WEBHOOK_URL"
        )
    ]

    /// The environment variable that holds the webhook's URL.
    public var webhookVariable: String

    /// Makes the options.
    public init(webhookVariable: String = "SLACK_WEBHOOK_URL") { self.webhookVariable = webhookVariable }

    /// Reads the options.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            webhookVariable: try keys.decodeIfPresent(String.self, forKey: .webhookVariable) ?? "SLACK_WEBHOOK_URL"
        )
    }

    private enum CodingKeys: String, CodingKey {
        case webhookVariable = "webhook_variable"
    }
}
