import PluginAPI

/// An experiment in one line, as `labhost list` shows it.
package struct ExperimentSummary: Sendable, Hashable, Encodable {
    /// The experiment.
    package var id: String
    /// The plan's name.
    package var plan: String
    /// What became of it: `done`, `up`, `running: benchmark`, `killed`, `failed in provision (exit 11)`.
    package var state: String
    /// How many cells it has.
    package var cells: Int
    /// How many have a result.
    package var measured: Int
    /// How many resources exist as far as the ledger knows.
    package var alive: Int
    /// Whether its numbers are made up.
    package var isSimulated: Bool
    /// How its latest command ended; nil while it runs, or when it was killed.
    package var exitCode: Int32?

    /// Reads an experiment's directory; nil when it holds none.
    package init?(_ directory: ExperimentDirectory) {
        guard let (experiment, schedule) = try? directory.frozen(), let state = try? directory.state() else {
            return nil
        }
        self.init(experiment, state, cells: schedule.cells.count, in: directory)
    }

    /// Sums up what was read of an experiment's directory.
    package init(_ experiment: Experiment, _ state: ExperimentState, cells: Int, in directory: ExperimentDirectory) {
        let isOpen = state.exitCode == nil
        self.init(experiment, state, cells: cells, isBeingWorkedOn: isOpen && directory.isBeingWorkedOn)
    }

    init(_ experiment: Experiment, _ state: ExperimentState, cells: Int, isBeingWorkedOn: Bool) {
        id = experiment.id.rawValue
        plan = experiment.planName
        self.cells = cells
        measured = state.cells.values.count { $0.verdict == .valid || $0.verdict == .suspect }
        alive = state.alive.count
        isSimulated = experiment.isSimulated
        exitCode = state.exitCode
        let failed = state.phases.last { $0.error != nil }
        self.state =
            switch state.exitCode {
            case nil: isBeingWorkedOn ? "running: \(state.phases.last?.name ?? "starting")" : "killed"
            case 0?: state.alive.isEmpty ? "done" : "up"
            case let code?: "failed in \(failed?.name ?? "the end") (exit \(code))"
            }
    }

    init(_ experiment: HistoryExperiment) {
        id = experiment.id
        plan = experiment.plan
        state = experiment.state
        cells = experiment.cells
        measured = experiment.measured
        alive = experiment.alive
        isSimulated = experiment.isSimulated
        exitCode = experiment.exitCode
    }
}

extension ExperimentStore {
    /// All experiments in a line each, newest first.
    ///
    /// A closed experiment is taken from the history, as long as its journal has not grown since; every other one from its
    /// journal. Without a history all of them are read.
    ///
    /// - Parameter history: The history; nil when there is none that can be read.
    /// - Returns: A summary of each directory that holds an experiment.
    package func summaries(from history: History?) -> [ExperimentSummary] {
        let known = (try? history?.closedExperiments()) ?? [:]
        return experiments.compactMap { directory in
            if let entry = known[directory.id.rawValue], entry.journalBytes == Files.size(of: directory.journal) {
                return ExperimentSummary(entry)
            }
            return ExperimentSummary(directory)
        }
    }
}
