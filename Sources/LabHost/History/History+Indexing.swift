import GRDB
package import PluginAPI
import SystemPackage

extension History {
    /// Reads an experiment's directory into the history, in the place of what was known of it.
    ///
    /// - Throws: ``LabError`` when the directory or the history cannot be used.
    package func index(_ directory: ExperimentDirectory) throws {
        // Before the journal is read: one that grows meanwhile must look longer afterwards.
        let bytes = Files.size(of: directory.journal)
        let (experiment, schedule) = try directory.frozen()
        let entries = try Self.entries(
            experiment,
            schedule,
            directory.state(),
            in: directory,
            journalBytes: bytes
        )
        try keep(entries)
    }

    /// All that the history keeps of an experiment.
    struct Entries: Sendable {
        var experiment: HistoryExperiment
        var cells: [(cell: HistoryCell, series: CellSeries)]
    }

    /// Reads an experiment's results.
    static func entries(
        _ experiment: Experiment,
        _ schedule: Schedule,
        _ state: ExperimentState,
        in directory: ExperimentDirectory,
        journalBytes: Int?
    ) throws -> Entries {
        let record = try RecordBuilder(
            experiment: experiment,
            schedule: schedule,
            directory: directory,
            detail: .figures
        ).record(from: state)
        return Entries(
            experiment: HistoryExperiment(
                experiment,
                state,
                cells: record.cells.count,
                costs: record.costs,
                journalBytes: journalBytes
            ),
            cells: record.cells.compactMap { cell in
                let group = record.clusters[cell.cluster]
                let facts = EnvironmentFacts.of(
                    experiment,
                    image: record.image,
                    hosts: group.hosts,
                    spec: group.configurations[cell.configuration],
                    result: cell.outcome?.result
                )
                return HistoryCell(cell, of: experiment, on: facts, costs: record.costs?.cells[cell.cell.name])
                    .map { ($0, CellSeries(cell.outcome?.result)) }
            }
        )
    }

    /// Reads what the history does not know yet: experiments that were closed while nobody could write it, and those of an
    /// older LabHost.
    ///
    /// - Parameter directories: The experiments that are asked about.
    /// - Returns: What could not be read, by experiment.
    /// - Throws: ``LabError`` when the history cannot be read.
    @discardableResult
    package func catchUp(with directories: [ExperimentDirectory]) throws -> [ExperimentID: LabError] {
        let known = try journalSizes()
        return index(
            directories.filter { directory in
                // Whoever works on one writes its cells as they end.
                known[directory.id.rawValue] != Files.size(of: directory.journal) && !directory.isBeingWorkedOn
            }
        )
    }

    /// Makes a user's history again from the experiments' directories. What has no directory any more is forgotten.
    ///
    /// One that cannot be read is put aside as `history.sqlite.damaged`.
    ///
    /// - Parameters:
    ///   - store: The experiments.
    ///   - patience: How long is waited for other processes, each time.
    /// - Returns: The history, and what could not be read, by experiment.
    /// - Throws: ``LabError`` when no history can be written, or another process is in the way.
    package static func rebuild(
        from store: ExperimentStore,
        patience: Duration = Self.patience
    ) async throws -> (history: History, failures: [ExperimentID: LabError]) {
        let history: History
        do { history = try await opened(in: store.home, patience) } catch let error as LabError
            where error.code != .busy
        {
            try putAside(in: store.home)
            history = try await History(in: store.home, patience: patience)
        }
        let directories = store.experiments
        let present = Set(directories.map(\.id.rawValue))
        for id in try history.experimentIDs() where !present.contains(id) { try history.forget(id) }
        return (history, history.index(directories))
    }

    /// A history that is whole.
    private static func opened(in home: FilePath, _ patience: Duration) async throws -> History {
        let history = try await History(in: home, patience: patience)
        let verdict = try history.read { try String.fetchOne($0, sql: "PRAGMA quick_check(1)") }
        guard verdict == "ok" else { throw LabError(.failed, "the history is damaged", cause: verdict) }
        return history
    }

    private static func putAside(in home: FilePath) throws {
        let path = path(in: home)
        for suffix in ["", "-wal", "-shm"] {
            let file = FilePath(path.string + suffix)
            guard Files.exists(file) else { continue }
            if suffix.isEmpty {
                try LocalFile.move(file, to: FilePath(path.string + ".damaged"))
            } else {
                LocalFile.remove(file)
            }
        }
    }

    private func index(_ directories: [ExperimentDirectory]) -> [ExperimentID: LabError] {
        var failures: [ExperimentID: LabError] = [:]
        var busy: LabError?
        for directory in directories {
            // A directory without a frozen experiment is being made, or is none.
            guard Files.exists(directory.experiment) else { continue }
            do {
                // Whoever writes is waited for once, and not for every experiment anew.
                if let busy { throw busy }
                try index(directory)
            } catch {
                let failure = LabError(error, while: "reading \(directory.id)")
                if failure.code == .busy { busy = failure }
                failures[directory.id] = failure
            }
        }
        return failures
    }

    private func forget(_ experiment: String) throws {
        do {
            try database.write {
                try $0.execute(sql: "DELETE FROM experiment WHERE id = ?", arguments: [experiment])
            }
        } catch {
            throw failure(error, "cannot write the history")
        }
    }
}
