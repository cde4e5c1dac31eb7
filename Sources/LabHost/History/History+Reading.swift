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
        /// Only those of this experiment.
        package var experiment: String?
        /// Only those that have a value of this metric.
        package var metric: Metric?
        /// No more than this, the newest.
        package var limit: Int?
        /// Only the values of these metrics; all when there are none.
        package var values: [Metric]

        /// Asks for cells.
        package init(
            plan: String? = nil,
            experiment: String? = nil,
            metric: Metric? = nil,
            limit: Int? = nil,
            values: [Metric] = []
        ) {
            self.plan = plan
            self.experiment = experiment
            self.metric = metric
            self.limit = limit
            self.values = values
        }
    }

    /// Cells, the newest first.
    ///
    /// - Throws: ``LabError`` when the history cannot be read.
    package func cells(_ filter: Filter = Filter()) throws -> [HistoryCell] {
        var sql = """
            SELECT cell.*, experiment.plan, experiment.simulated, environment.facts FROM cell \
            JOIN experiment ON experiment.id = cell.experiment \
            JOIN environment ON environment.id = cell.environment WHERE 1 = 1
            """
        var arguments: StatementArguments = []
        if let plan = filter.plan {
            sql += " AND experiment.plan = ?"
            arguments += [plan]
        }
        if let experiment = filter.experiment {
            sql += " AND cell.experiment = ?"
            arguments += [experiment]
        }
        if let metric = filter.metric { sql += " AND cell.\(metric.name) IS NOT NULL" }
        sql += " ORDER BY cell.ended_at DESC, cell.id DESC"
        if let limit = filter.limit {
            sql += " LIMIT ?"
            arguments += [limit]
        }
        let (statement, values) = (sql, arguments)
        let metrics = filter.values.isEmpty ? Metric.allCases : filter.values
        return try read { database in
            var facts: [Int64: [String: String]] = [:]
            let rows = try Row.fetchCursor(database, sql: statement, arguments: values)
            var cells: [HistoryCell] = []
            while let row = try rows.next() { cells.append(try HistoryCell(row, metrics, &facts)) }
            return cells
        }
    }

    /// The period series of an experiment's cells, by name.
    package func series(of experiment: String) throws -> [String: CellSeries] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT cell.name, period_series.content FROM period_series \
                    JOIN cell ON cell.id = period_series.cell WHERE cell.experiment = ?
                    """,
                arguments: [experiment]
            )
            var series: [String: CellSeries] = [:]
            while let row = try rows.next() {
                let content: Data = row["content"]
                series[row["name"]] = CellSeries(decoding: content)
            }
            return series
        }
    }

    /// The experiments that are closed, by id.
    package func closedExperiments() throws -> [String: HistoryExperiment] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT * FROM experiment WHERE journal_bytes IS NOT NULL AND exit_code IS NOT NULL"
            )
            var found: [String: HistoryExperiment] = [:]
            while let row = try rows.next() {
                let experiment = HistoryExperiment(row)
                found[experiment.id] = experiment
            }
            return found
        }
    }

    /// How long journals were when they were read, in bytes, by experiment.
    func journalSizes() throws -> [String: Int] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT id, journal_bytes FROM experiment WHERE journal_bytes IS NOT NULL"
            )
            var sizes: [String: Int] = [:]
            while let row = try rows.next() { sizes[row["id"]] = row["journal_bytes"] }
            return sizes
        }
    }

    /// The experiments that files were imported into, by the SHA-256 of the file.
    package func imports() throws -> [String: String] {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT imported_from, experiment FROM cell WHERE imported_from IS NOT NULL"
            )
            var found: [String: String] = [:]
            while let row = try rows.next() { found[row["imported_from"]] = row["experiment"] }
            return found
        }
    }

    /// The ids of all experiments that it has.
    func experimentIDs() throws -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT id FROM experiment ORDER BY id") }
    }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        do { return try database.read(body) } catch {
            throw Self.failure(error, "cannot read the history")
        }
    }
}

extension HistoryCell {
    fileprivate init(_ row: Row, _ wanted: [Metric], _ known: inout [Int64: [String: String]]) throws {
        experiment = row["experiment"]
        plan = row["plan"]
        name = row["name"]
        key = row["content_key"]
        run = row["run"]
        type = row["type"]
        repetition = row["repetition"]
        factors = try Self.decode(row["factors"])
        // What a newer LabHost may say is no reason to trust a number.
        verdict = Verdict(rawValue: row["verdict"]) ?? .invalid
        let listed: String = row["reasons"]
        reasons = listed == "[]" ? [] : try JSONCoding.decode([VerdictReason].self, from: listed.utf8)
        startedAt = (row["started_at"] as Int64?).map(Date.init(milliseconds:))
        endedAt = (row["ended_at"] as Int64?).map(Date.init(milliseconds:))
        isSimulated = row["simulated"]
        importedFrom = row["imported_from"]
        let id: Int64 = row["environment"]
        if let facts = known[id] {
            environment = facts
        } else {
            environment = try Self.decode(row["facts"])
            known[id] = environment
        }
        metrics = [:]
        for metric in wanted {
            if let value: Double = row[metric.name] { metrics[metric.name] = value }
        }
    }

    private static func decode(_ text: String) throws -> [String: String] {
        text == "{}" ? [:] : try JSONCoding.decode([String: String].self, from: text.utf8)
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
