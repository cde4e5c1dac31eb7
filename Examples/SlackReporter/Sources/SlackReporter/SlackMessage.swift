import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is said in the channel.
struct SlackMessage: Encodable {
    /// The message in Slack's own markup.
    let text: String

    /// Makes it.
    ///
    /// - Parameters:
    ///   - record: The experiment.
    ///   - page: The path of the report's page.
    init(_ record: ExperimentRecord, page: String) {
        var counts: [String: Int] = [:]
        for cell in record.cells { counts[cell.outcome?.verdict.rawValue ?? "without outcome", default: 0] += 1 }
        let verdicts = ["valid", "suspect", "invalid", "without outcome"]
            .compactMap { name in counts[name].map { "\($0) \(name)" } }
        var lines = ["*\(Self.escaped(record.planName))* (\(record.experiment))"]
        if record.isSimulated { lines.append("simulated: no number is measured") }
        lines.append(verdicts.isEmpty ? "no cell was measured" : "cells: \(verdicts.joined(separator: ", "))")
        if let error = record.phases.compactMap(\.error).first {
            lines.append("failed: \(Self.escaped(error.message))")
        }
        lines.append("report: \(Self.escaped(page))")
        text = lines.joined(separator: "\n")
    }

    /// As Slack's webhooks take it: the same message is the same bytes.
    func json() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(self))
    }

    /// Text that can neither mention anybody nor become a link: Slack reads `&`, `<` and `>`, and its own marks.
    /// Source: "Formatting text for app surfaces" of Slack's documentation.
    static func escaped(_ text: String) -> String {
        let line = text.prefix(300).map { $0.isNewline ? " " : $0 }
        return String(line).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
