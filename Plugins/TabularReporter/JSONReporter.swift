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
        do { return [ReportFile(name: "results.json", content: try Self.content(record))] } catch {
            throw LabError(error, code: .reporting, while: "writing results.json")
        }
    }

    /// The text, as if the whole document had been encoded at once. What an encoder needs to encode thousands of cells is
    /// several times what they take when they are written: it gets one after the other.
    private static func content(_ record: ExperimentRecord) throws -> [UInt8] {
        let encoder = ResultsDocument.encoder
        // In the order of the names, the cells are the first thing in it.
        var text = Array("{\n  \"cells\" : [\n".utf8)
        for (index, cell) in record.cells.enumerated() {
            if index > 0 { text += Array(",\n".utf8) }
            let cell = ResultsDocument.Cell(cell, costs: record.costs?.cells[cell.cell.name])
            append(Array(try encoder.encode(cell)), to: &text)
        }
        text += Array("\n  ],".utf8)
        text += try encoder.encode(ResultsDocument(record)).dropFirst()
        text.append(UInt8(ascii: "\n"))
        return text
    }

    /// Appends an element of the list of cells, each line of it as deep as it is there.
    private static func append(_ element: [UInt8], to text: inout [UInt8]) {
        let blanks = [UInt8](repeating: UInt8(ascii: " "), count: 4)
        // No string of it has a newline: that is escaped.
        let lines = element.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append(UInt8(ascii: "\n")) }
            if !line.isEmpty { text += blanks }
            text += line
        }
    }
}
