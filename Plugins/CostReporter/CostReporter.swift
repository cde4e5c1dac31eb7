public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes `costs.json`: what the experiment cost in all, by component and kind, for each cell and for each resource.
///
/// An amount that is not known is `null` with a reason, and never 0.
public struct CostReporter: Reporter {
    /// Needs a provisioner that records what it makes, and when it was gone.
    public static let descriptor = PluginDescriptor(
        id: "cost",
        phase: .report,
        summary: "costs.json: what each resource, component and cell cost, and what a million messages do",
        requires: [.resourceLedger]
    )

    private let context: PluginContext

    /// Makes the reporter.
    public init(options: NoOptions, context: PluginContext) { self.context = context }

    /// The one file.
    public func report(_ record: ExperimentRecord) async throws -> [ReportFile] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            let document = CostDocument(record, asOf: context.clock.now())
            return [ReportFile(name: "costs.json", content: Array(try encoder.encode(document) + [0x0a]))]
        } catch {
            throw LabError(error, code: .reporting, while: "writing costs.json")
        }
    }
}
