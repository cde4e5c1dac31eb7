package import PluginAPI

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// A finished cell as the history has it: its figures, what they were measured on, and how far they can be trusted.
package struct HistoryCell: Sendable, Hashable, Encodable {
    /// The experiment.
    package var experiment: String
    /// The plan's name.
    package var plan: String
    /// The cell's name, unique in the experiment.
    package var name: String
    /// What identifies the cell across experiments; see ``Cell/key``.
    package var key: String
    /// The test run that it comes from.
    package var run: String
    /// What the test run asks.
    package var type: String
    /// Which repetition it is, from 1.
    package var repetition: Int
    /// The matrix's values, by path.
    package var factors: [String: String]
    /// Whether its numbers can be trusted.
    package var verdict: Verdict
    /// Why not.
    package var reasons: [VerdictReason]
    /// When it started.
    package var startedAt: Date?
    /// When it ended.
    package var endedAt: Date?
    /// Whether its numbers are made up.
    package var isSimulated: Bool
    /// The SHA-256 of the file that it was imported from; nil for what LabHost measured.
    package var importedFrom: String?
    /// What it was measured on; see ``EnvironmentFacts``.
    package var environment: [String: String]
    /// What is known of each metric.
    package var metrics: [Metric: Double]

    private enum CodingKeys: String, CodingKey {
        case experiment, plan, name, key, run, type, repetition, factors, verdict, reasons, environment, metrics
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case isSimulated = "is_simulated"
        case importedFrom = "imported_from"
    }

    /// The value of a metric; nil when it is not known.
    package func value(_ metric: Metric) -> Double? { metrics[metric] }

    /// The cell's name without the number of its repetition.
    package var baseName: String { Self.baseName(of: name) }

    /// A cell's name without the number of its repetition.
    package static func baseName(of name: String) -> String {
        guard let mark = name.lastIndex(of: "#"), Int(name[name.index(after: mark)...]) != nil else { return name }
        return String(name[..<mark])
    }
}

extension HistoryCell {
    /// The cell of a record; nil when it has not ended.
    init?(
        _ record: CellRecord,
        of experiment: Experiment,
        on facts: [String: String],
        costs: CellCosts? = nil
    ) {
        guard let outcome = record.outcome else { return nil }
        let cell = record.cell
        self.experiment = experiment.id.rawValue
        plan = experiment.planName
        name = cell.name
        key = cell.key
        run = cell.run
        type = cell.type.rawValue
        repetition = cell.repetition
        factors = cell.factors
        verdict = outcome.verdict
        reasons = outcome.causes
        startedAt = record.startedAt
        endedAt = record.endedAt
        isSimulated = experiment.isSimulated
        if let provenance = outcome.result?.provenance, provenance.source == .imported {
            importedFrom = provenance.sha256
        }
        environment = facts
        metrics = [:]
        for metric in Metric.allCases {
            metrics[metric] = metric.value(of: cell, outcome, costs: costs)
        }
    }
}
