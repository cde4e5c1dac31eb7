import GRDB
package import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension History {
    /// Which cells are asked for.
    package struct Filter: Sendable, Hashable {
        /// Only those of this plan.
        package var plan: String?
        /// No more than this, the newest.
        package var limit: Int?

        /// Asks for cells.
        package init(plan: String? = nil, limit: Int? = nil) {
            self.plan = plan
            self.limit = limit
        }
    }

    /// Cells, the newest first.
    ///
    /// - Throws: ``LabError`` when the history cannot be read.
    package func cells(_ filter: Filter = Filter()) throws -> [HistoryCell] {
        var query = CellQuery(Metric.allCases, isWhole: true)
        if let plan = filter.plan { query.require("experiment.plan = ?", plan) }
        query.sql += " ORDER BY cell.ended_at DESC, cell.id DESC"
        if let limit = filter.limit {
            query.sql += " LIMIT ?"
            query.arguments += [limit]
        }
        let complete = query
        return try read(complete.cells)
    }

    /// The figures of a plan's cells that have a value of a metric, in no order, and without factors and reasons.
    ///
    /// - Throws: ``LabError`` when the history cannot be read.
    package func figures(of metric: Metric, plan: String?) throws -> [HistoryCell] {
        var query = CellQuery([metric])
        query.sql += " AND cell.\(metric.name) IS NOT NULL"
        if let plan { query.require("experiment.plan = ?", plan) }
        let complete = query
        return try read(complete.cells)
    }

    /// The figures of an experiment's cells, in no order, and without factors and reasons.
    ///
    /// - Throws: ``LabError`` when the history cannot be read.
    func figures(of metrics: [Metric], experiment: String) async throws -> [HistoryCell] {
        var query = CellQuery(metrics)
        query.require("cell.experiment = ?", experiment)
        let complete = query
        return try await read(complete.cells)
    }

    /// The period series of cells, by metric; those that have none are left out.
    ///
    /// - Throws: ``LabError`` when the history cannot be read.
    func series(of metrics: [Metric], in cells: [HistoryCell]) async throws -> [Metric: [[Double]]] {
        Self.series(of: metrics, from: try await encodedSeries(of: cells).compactMap(\.self))
    }

    /// The period series of cells as they are kept; nil for those that have none.
    ///
    /// - Throws: ``LabError`` when the history cannot be read.
    func encodedSeries(of cells: [HistoryCell]) async throws -> [Data?] {
        guard !cells.isEmpty else { return [] }
        return try await read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT period_series.content FROM cell JOIN period_series ON period_series.cell = cell.id \
                    WHERE cell.experiment = ? AND cell.name = ?
                    """
            )
            return try cells.map { try Data.fetchOne(statement, arguments: [$0.experiment, $0.name]) }
        }
    }

    /// The series of cells by metric, from what is kept of each cell.
    static func series(of metrics: [Metric], from contents: [Data]) -> [Metric: [[Double]]] {
        let wanted = Set(metrics)
        return contents.reduce(into: [:]) { series, content in
            for (metric, values) in CellSeries(decoding: content, only: wanted)?.values ?? [:] {
                series[metric, default: []].append(values)
            }
        }
    }

    /// The experiments that are closed, by id.
    package func closedExperiments() throws -> [String: HistoryExperiment] {
        try pairs("SELECT * FROM experiment WHERE journal_bytes IS NOT NULL AND exit_code IS NOT NULL") {
            ($0["id"], HistoryExperiment($0))
        }
    }

    /// How long journals were when they were read, in bytes, by experiment.
    func journalSizes() throws -> [String: Int] {
        try pairs("SELECT id, journal_bytes FROM experiment WHERE journal_bytes IS NOT NULL") { ($0[0], $0[1]) }
    }

    /// The experiments that files were imported into, by the SHA-256 of the file.
    package func imports() throws -> [String: String] {
        try pairs("SELECT imported_from, experiment FROM cell WHERE imported_from IS NOT NULL") { ($0[0], $0[1]) }
    }

    /// The ids of all experiments that it has.
    func experimentIDs() throws -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT id FROM experiment ORDER BY id") }
    }

    /// What a row is made of, by what it is found by.
    private func pairs<Value>(_ sql: String, _ pair: (Row) -> (String, Value)) throws -> [String: Value] {
        try read { database in
            let rows = try Row.fetchCursor(database, sql: sql)
            var found: [String: Value] = [:]
            while let row = try rows.next() {
                let (key, value) = pair(row)
                found[key] = value
            }
            return found
        }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do { return try database.read(body) } catch {
            throw failure(error, "cannot read the history")
        }
    }

    /// The same, on SQLite's own thread.
    private func read<Result: Sendable>(_ body: @escaping @Sendable (Database) throws -> Result) async throws -> Result
    {
        do { return try await database.read(body) } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw failure(error, "cannot read the history")
        }
    }
}

extension HistoryExperiment {
    fileprivate init(_ row: Row) {
        id = row["id"]
        plan = row["plan"]
        startedAt = Date(milliseconds: row["started_at"])
        endedAt = (row["ended_at"] as Int64?).map(Date.init(milliseconds:))
        state = row["state"]
        exitCode = row["exit_code"]
        cells = row["cells"]
        measured = row["measured"]
        alive = row["alive"]
        isSimulated = row["simulated"]
        labhostVersion = row["labhost_version"]
        cost = (row["cost_usd"] as Double?).map(Cost.usd) ?? (row["cost_unknown"] as String?).map(Cost.unknown)
        costBasis = row["cost_basis"]
        tags = [:]
        journalBytes = row["journal_bytes"]
    }
}
