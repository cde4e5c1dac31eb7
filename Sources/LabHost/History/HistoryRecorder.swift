import PluginAPI

/// Writes to the history on an engine's behalf, and complains once.
actor HistoryRecorder {
    let history: History
    private var hasComplained = false

    init(_ history: History) { self.history = history }

    /// What to say about a failure; nil when it was said before. A cancelled write is made good for at the end.
    func complaint(about error: any Error) -> String? {
        guard !hasComplained, !(error is CancellationError) else { return nil }
        hasComplained = true
        let error = LabError(error, while: "writing the history")
        return ([error.message] + [error.cause].compactMap { $0 }).joined(separator: ": ")
            + "; results are kept all the same, and labhost history --rebuild finds them"
    }
}

/// The history is told after the journal: it is an index, and no failure of it is one of the experiment.
extension Engine {
    /// Keeps a cell that has just ended.
    func remember(_ entry: Schedule.Entry, of group: Schedule.Group, _ outcome: CellOutcome) async {
        guard let recorder = history else { return }
        let state = await journal.snapshot
        let ended = state.cells[entry.cell.name]
        let record = CellRecord(
            cell: entry.cell,
            startedAt: ended?.startedAt,
            endedAt: ended?.endedAt,
            outcome: outcome
        )
        let facts = EnvironmentFacts.of(
            experiment,
            image: state.image,
            hosts: state.hosts,
            spec: group.configurations[entry.configuration],
            result: outcome.result
        )
        guard let cell = HistoryCell(record, of: experiment, on: facts) else { return }
        do {
            try await recorder.history.keep(
                cell,
                CellSeries(outcome.result),
                of: HistoryExperiment(open: experiment, cells: schedule.cells.count)
            )
        } catch {
            await complain(about: error)
        }
    }

    /// Keeps the experiment as it is at the end of a command.
    func rememberAll() async {
        guard let recorder = history else { return }
        let state = await journal.snapshot
        let bytes = Files.size(of: directory.journal)
        do {
            try await recorder.history.keep(
                History.entries(experiment, schedule, state, in: directory, journalBytes: bytes)
            )
        } catch {
            await complain(about: error)
        }
    }

    private func complain(about error: any Error) async {
        guard let text = await history?.complaint(about: error) else { return }
        try? await journal.record(.note(phase: Step.report.rawValue, level: .warning, text: text))
    }
}
