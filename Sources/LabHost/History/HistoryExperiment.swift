package import PluginAPI

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// An experiment as the history has it.
package struct HistoryExperiment: Sendable, Hashable {
    /// The experiment.
    package var id: String
    /// The plan's name.
    package var plan: String
    /// When it started.
    package var startedAt: Date
    /// When it ended; nil when it has not, as far as the history knows.
    package var endedAt: Date?
    /// What became of it, in a word or two; see ``ExperimentSummary/state``.
    package var state: String
    /// How its latest command ended; nil when it has not.
    package var exitCode: Int32?
    /// How many cells it has.
    package var cells: Int
    /// How many have a result.
    package var measured: Int
    /// How many resources exist.
    package var alive: Int
    /// Whether its numbers are made up.
    package var isSimulated: Bool
    /// The version of LabHost that began it.
    package var labhostVersion: String
    /// What it cost; nil when nobody has reckoned.
    package var cost: Cost?
    /// Where the cost comes from; see ``ExperimentCosts/Basis``.
    package var costBasis: String?
    /// The user's tags.
    package var tags: [String: String]
    /// How long the journal was that this was read from, in bytes; nil before it was read. A journal that has grown since says
    /// more than the history does.
    package var journalBytes: Int?

    /// The tags that LabHost sets itself, on every resource.
    static let ownTags: Set<String> = ["Project", "ManagedBy", "ExperimentID", "ExpiresAt", "Component"]
}

extension HistoryExperiment {
    /// The experiment before it is closed.
    init(open experiment: Experiment, cells: Int) {
        id = experiment.id.rawValue
        plan = experiment.planName
        startedAt = experiment.createdAt
        state = "open"
        self.cells = cells
        measured = 0
        alive = 0
        isSimulated = experiment.isSimulated
        labhostVersion = experiment.labhostVersion
        tags = experiment.tags.filter { !Self.ownTags.contains($0.key) }
    }

    /// The experiment as its journal has it.
    init(_ experiment: Experiment, _ state: ExperimentState, cells: Int, costs: ExperimentCosts?, journalBytes: Int?) {
        self.init(open: experiment, cells: cells)
        let summary = ExperimentSummary(experiment, state, cells: cells, isBeingWorkedOn: false)
        startedAt = state.startedAt ?? experiment.createdAt
        measured = summary.measured
        alive = summary.alive
        if let bill = costs?.bill, bill.total.usd != nil {
            (cost, costBasis) = (bill.total, ExperimentCosts.Basis.actual.rawValue)
        } else {
            (cost, costBasis) = (costs?.total, costs?.basis.rawValue)
        }
        self.journalBytes = journalBytes
        guard let exitCode = state.exitCode else { return }
        endedAt = state.lastEventAt
        self.state = summary.state
        self.exitCode = exitCode
    }
}
