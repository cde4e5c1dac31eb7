public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes `junit.xml`: a cell is a test case, for continuous integration.
///
/// A valid cell has passed and an invalid one has failed. A suspect cell is *skipped* with its reasons as the message: it is
/// no failure, and among those that passed nobody would see that its numbers are in doubt. So is a cell without an outcome.
public struct JUnitReporter: Reporter {
    /// Needs nothing.
    public static let descriptor = PluginDescriptor(
        id: "junit",
        phase: .report,
        summary: "junit.xml: a cell is a test case; suspect ones are skipped, invalid ones failed"
    )

    /// Makes the reporter.
    public init(options: NoOptions, context: PluginContext) {}

    /// The one file.
    public func report(_ record: ExperimentRecord) async throws -> [ReportFile] {
        let cells = record.cells
        let failed = cells.count { $0.outcome?.verdict == .invalid }
        let skipped = cells.count { $0.outcome == nil || $0.outcome?.verdict == .suspect }
        let time = cells.reduce(0) { $0 + ($1.seconds ?? 0) }
        let counts =
            "tests=\"\(cells.count)\" failures=\"\(failed)\" errors=\"0\" skipped=\"\(skipped)\" time=\"\(Self.text(time))\""
        let name = Self.attribute(record.planName + (record.isSimulated ? " (simulated)" : ""))
        var xml = """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="labhost" \(counts)>
              <testsuite name=\(name) timestamp="\(record.startedAt.formatted(.iso8601).prefix(19))" \(counts)>
                <properties>
                  <property name="experiment" value=\(Self.attribute(record.experiment.rawValue))/>
                  <property name="simulated" value="\(record.isSimulated)"/>
                  <property name="labhost" value=\(Self.attribute(record.labhostVersion))/>
                </properties>

            """
        for cell in cells { xml += Self.testCase(cell, plan: record.planName) }
        xml += "  </testsuite>\n</testsuites>\n"
        return [ReportFile(name: "junit.xml", content: Array(xml.utf8))]
    }

    private static func testCase(_ cell: CellRecord, plan: String) -> String {
        let head =
            "    <testcase classname=\(attribute("\(plan).\(cell.cell.run)")) name=\(attribute(cell.cell.name)) "
            + "time=\"\(text(cell.seconds ?? 0))\""
        let reasons = cell.outcome?.reasons ?? []
        let all = XMLText.escaped(reasons.joined(separator: "\n"))
        let first = attribute(reasons.first ?? "no reason was given")
        let content: String =
            switch cell.outcome?.verdict {
            case .valid: numbers(of: cell)
            case .suspect:
                "      <skipped message=\(attribute("suspect: \(reasons.first ?? "")"))/>\n\(numbers(of: cell))"
            case .invalid: "      <failure type=\"invalid\" message=\(first)>\(all)</failure>\n"
            case nil: "      <skipped message=\"no outcome: it was not measured to its end\"/>\n"
            }
        return "\(head)>\n\(content)    </testcase>\n"
    }

    /// The numbers and every reason, as the test case's output.
    private static func numbers(of cell: CellRecord) -> String {
        guard let outcome = cell.outcome else { return "" }
        var lines = outcome.reasons.map { "- \($0)" }
        for metric in [Metric.throughput, .throughputMB, .p50Latency, .p99Latency, .p999Latency] {
            guard let value = metric.value(of: cell.cell, outcome, costs: nil) else { continue }
            lines.append("\(metric.name) \(Figures.decimal(value, places: 3)) \(metric.unit)")
        }
        guard !lines.isEmpty else { return "" }
        return "      <system-out>\(XMLText.escaped(lines.joined(separator: "\n")))</system-out>\n"
    }

    private static func attribute(_ text: String) -> String { "\"\(XMLText.escaped(text))\"" }

    private static func text(_ seconds: Double) -> String { Figures.decimal(seconds, places: 3) }
}

extension CellRecord {
    /// How long it took, in seconds; nil when it did not begin or did not end.
    fileprivate var seconds: Double? {
        guard let startedAt, let endedAt else { return nil }
        // Clocks may be set back; nothing takes less than no time.
        return max(endedAt.timeIntervalSince(startedAt), 0)
    }
}
