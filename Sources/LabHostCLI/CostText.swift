import LabHost
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Costs as people read them at the end of a command.
enum CostText {
    /// What an experiment cost in two lines; nil when nothing of it costs anything.
    static func conclusion(_ record: ExperimentRecord, _ state: ExperimentState) -> String? {
        guard let costs = record.costs else { return nil }
        let simulated = record.isSimulated ? ", had it been real" : ""
        let cells = costs.cells.values.map(\.cost).sum
        var line = "cost\(state.alive.isEmpty ? "" : " so far")\(simulated): \(Figures.explained(costs.total))"
        if costs.total.usd != nil, !costs.cells.isEmpty {
            line += ", of which \(Figures.cost(cells)) while cells ran"
        }
        var lines = [line + " (estimate\(source(costs)))"]
        if let bill = costs.bill {
            let difference =
                costs.difference?.usd.map { ", \($0 < 0 ? "" : "+")\(Figures.usd($0)) to the estimate" } ?? ""
            lines.append("billed: \(Figures.explained(bill.total)) (actual, Cost Explorer\(difference))")
        }
        return lines.joined(separator: "\n")
    }

    /// Where prices come from and how old they are.
    static func source(_ costs: ExperimentCosts) -> String {
        guard let source = costs.priceSource, !source.isEmpty else { return "" }
        return ": \(source)" + (costs.pricesAsOf.map { " of \(Timestamps.iso($0).prefix(10))" } ?? "")
    }
}
