import GRDB
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension History {
    /// Keeps a cell that has ended, in the place of what was known of it before.
    ///
    /// - Throws: ``LabError``; the history is as it was then.
    func keep(_ cell: HistoryCell, _ series: CellSeries, of experiment: HistoryExperiment) async throws {
        do {
            try await database.write { database in
                if try !Self.isKnown(experiment.id, database) { try Self.insert(experiment, database) }
                try Self.insert(cell, series, database)
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw failure(error, "cannot write \(cell.name) to the history")
        }
    }

    /// Keeps an experiment with all its cells, in the place of what was known of it before.
    ///
    /// - Throws: ``LabError``; the history is as it was then.
    func keep(_ entries: Entries) throws {
        do { try database.write { try Self.replace(entries, $0) } } catch {
            throw failure(error, "cannot write \(entries.experiment.id) to the history")
        }
    }

    /// The same, on SQLite's own thread.
    func keep(_ entries: Entries) async throws {
        do { try await database.write { try Self.replace(entries, $0) } } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw failure(error, "cannot write \(entries.experiment.id) to the history")
        }
    }

    private static func replace(_ entries: Entries, _ database: Database) throws {
        try database.execute(sql: "DELETE FROM experiment WHERE id = ?", arguments: [entries.experiment.id])
        try insert(entries.experiment, database)
        for (cell, series) in entries.cells { try insert(cell, series, database) }
    }

    private static func isKnown(_ experiment: String, _ database: Database) throws -> Bool {
        try Row.fetchOne(
            database,
            SQLRequest(sql: "SELECT 1 FROM experiment WHERE id = ?", arguments: [experiment], cached: true)
        ) != nil
    }

    private static func insert(_ experiment: HistoryExperiment, _ database: Database) throws {
        try database.cachedStatement(
            sql: """
                INSERT INTO experiment (id, plan, started_at, ended_at, state, exit_code, cells, measured, alive, simulated, \
                labhost_version, cost_usd, cost_unknown, cost_basis, journal_bytes) \
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            experiment.id, experiment.plan, experiment.startedAt.milliseconds, experiment.endedAt?.milliseconds,
            experiment.state, experiment.exitCode, experiment.cells, experiment.measured, experiment.alive,
            experiment.isSimulated, experiment.labhostVersion, experiment.cost?.usd, experiment.cost?.reason,
            experiment.costBasis, experiment.journalBytes,
        ])
        for (key, value) in experiment.tags {
            try database.cachedStatement(sql: "INSERT INTO tag (experiment, key, value) VALUES (?, ?, ?)")
                .execute(arguments: [experiment.id, key, value])
        }
    }

    private static let columns: [String] =
        [
            "experiment", "name", "content_key", "run", "type", "repetition", "factors", "verdict", "reasons",
            "started_at", "ended_at", "environment", "imported_from",
        ] + Metric.allCases.map(\.name)

    private static let insertion = """
        INSERT INTO cell (\(columns.joined(separator: ", "))) \
        VALUES (\(columns.map { _ in "?" }.joined(separator: ", "))) \
        ON CONFLICT (experiment, name) DO UPDATE SET \
        \(columns.dropFirst(2).map { "\($0) = excluded.\($0)" }.joined(separator: ", ")) RETURNING id
        """

    private static func insert(_ cell: HistoryCell, _ series: CellSeries, _ database: Database) throws {
        var values: [(any DatabaseValueConvertible)?] = [
            cell.experiment, cell.name, cell.key, cell.run, cell.type, cell.repetition, try json(cell.factors),
            cell.verdict.rawValue, try json(cell.reasons), cell.startedAt?.milliseconds, cell.endedAt?.milliseconds,
            try environment(cell.environment, database), cell.importedFrom,
        ]
        values += Metric.allCases.map { cell.value($0) }
        let statement = try database.cachedStatement(sql: insertion)
        guard let id = try Int64.fetchOne(statement, arguments: StatementArguments(values)) else {
            throw LabError(.failed, "SQLite gave \(cell.name) no id")
        }
        let content = Data(series.encoded)
        try database.cachedStatement(
            sql: """
                INSERT INTO period_series (cell, content) VALUES (?, ?) \
                ON CONFLICT (cell) DO UPDATE SET content = excluded.content
                """
        ).execute(arguments: [id, content])
    }

    /// Cells share environments: each is kept once.
    private static func environment(_ facts: [String: String], _ database: Database) throws -> Int64 {
        let text = try json(facts)
        let hash = StableHash(text).hexadecimal
        let find = SQLRequest<Int64>(
            sql: "SELECT id FROM environment WHERE hash = ?",
            arguments: [hash],
            cached: true
        )
        if let id = try Int64.fetchOne(database, find) { return id }
        try database.execute(sql: "INSERT INTO environment (hash, facts) VALUES (?, ?)", arguments: [hash, text])
        return database.lastInsertedRowID
    }

    private static func json(_ value: some Encodable) throws -> String {
        String(decoding: try JSONCoding.encode(value).dropLast(), as: UTF8.self)
    }
}

extension Date {
    /// Since 1970.
    var milliseconds: Int64 { Int64((timeIntervalSince1970 * 1000).rounded()) }

    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }
}
