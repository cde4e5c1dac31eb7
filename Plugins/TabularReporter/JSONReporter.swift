public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes `results.json`: everything that is known of the experiment, for programs.
///
/// Names are those of ``CSVReporter``'s columns and carry their units. What is unknown is `null`, never 0.
public struct JSONReporter: Reporter {
    /// Needs nothing.
    public static let descriptor = PluginDescriptor(
        id: "json",
        phase: .report,
        summary: "results.json: the whole record, versioned, for programs"
    )

    /// Makes the reporter.
    public init(options: NoOptions, context: PluginContext) {}

    /// The one file.
    public func report(_ record: ExperimentRecord) async throws -> [ReportFile] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            return [
                ReportFile(name: "results.json", content: Array(try encoder.encode(ResultsDocument(record)) + [0x0a]))
            ]
        } catch {
            throw LabError(error, code: .reporting, while: "writing results.json")
        }
    }
}
