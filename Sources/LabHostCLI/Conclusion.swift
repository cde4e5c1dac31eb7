import LabHost
import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The last words of a command, on standard output: results, report, receipt, and what is still there.
struct Conclusion {
    let record: ExperimentRecord
    /// What to say of cells that are not in the record; nil when all are.
    var otherCells: String?
    let state: ExperimentState
    let directory: ExperimentDirectory
    let expiry: Date

    /// Prints the words.
    func print() {
        var parts: [String] = []
        if record.cells.contains(where: { $0.outcome != nil }) {
            parts.append(ResultsTable.render(record, width: Terminal(environment: Environment.all).width))
        }
        if let otherCells { parts.append(otherCells) }
        if let report = directory.reportFile { parts.append("report: \(report)") }
        if let receipt = state.receipt { parts.append(ReceiptText.render(receipt)) }
        if let text = CostText.conclusion(record, state) { parts.append(text) }
        if !state.openIntents.isEmpty {
            let count = state.openIntents.count
            parts.append("being created when it ended: \(count) more; labhost sweep says which of them exist")
        }
        if !state.alive.isEmpty {
            let rate = Spending(state.resources, at: Date()).map { ", \(Figures.explained($0.perHour)) an hour" } ?? ""
            parts.append(
                """
                still running: \(state.alive.count) resources\(rate), until \(Timestamps.minute(expiry)) UTC at the latest
                  to delete them: labhost teardown \(record.experiment)
                """
            )
        }
        let text = parts.map { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }.joined(separator: "\n")
        if !text.isEmpty { Swift.print(text) }
    }
}
