import GRDB
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A question for cells, with their experiments' plans and their environments.
struct CellQuery: Sendable {
    /// The statement so far, whose end is its conditions.
    var sql: String
    /// A value for each of its question marks.
    var arguments: StatementArguments = []

    private let metrics: [Metric]
    private let isWhole: Bool

    /// Names take a search for every value of every row: columns are read by their places.
    private static let columns = [
        "cell.experiment", "experiment.plan", "cell.name", "cell.content_key", "cell.run", "cell.type",
        "cell.repetition",
        "cell.verdict", "cell.started_at", "cell.ended_at", "experiment.simulated", "cell.imported_from",
        "cell.environment", "cell.factors", "cell.reasons",
    ]

    /// Asks for all cells.
    ///
    /// - Parameters:
    ///   - metrics: The metrics whose values are wanted.
    ///   - isWhole: Whether factors and reasons are.
    init(_ metrics: [Metric], isWhole: Bool = false) {
        self.metrics = metrics
        self.isWhole = isWhole
        let columns = Self.columns + metrics.map { "cell.\($0.name)" }
        sql = """
            SELECT \(columns.joined(separator: ", ")) FROM cell \
            JOIN experiment ON experiment.id = cell.experiment WHERE 1 = 1
            """
    }

    /// Asks for fewer of them.
    mutating func require(_ condition: String, _ value: String) {
        sql += " AND \(condition)"
        arguments += [value]
    }

    /// The cells.
    func cells(_ database: Database) throws -> [HistoryCell] {
        let rows = try Row.fetchCursor(database, sql: sql, arguments: arguments)
        var (cells, shared): ([HistoryCell], Shared) = ([], Shared())
        while let row = try rows.next() { cells.append(try cell(row, &shared, database)) }
        return cells
    }

    /// What many cells have, kept in memory once.
    private struct Shared {
        var texts: Set<String> = []
        var environments: [Int64: [String: String]] = [:]

        mutating func text(_ text: String) -> String { texts.insert(text).memberAfterInsert }

        mutating func environment(_ id: Int64, _ database: Database) throws -> [String: String] {
            if let known = environments[id] { return known }
            let sql = "SELECT facts FROM environment WHERE id = ?"
            let facts = try String.fetchOne(database, sql: sql, arguments: [id])
            let found = try CellQuery.decode(facts ?? "{}")
            environments[id] = found
            return found
        }
    }

    private func cell(_ row: Row, _ shared: inout Shared, _ database: Database) throws -> HistoryCell {
        HistoryCell(
            experiment: shared.text(row[0]),
            plan: shared.text(row[1]),
            name: row[2],
            key: shared.text(row[3]),
            run: shared.text(row[4]),
            type: shared.text(row[5]),
            repetition: row[6],
            factors: isWhole ? try Self.decode(row[13]) : [:],
            // What a newer LabHost may say is no reason to trust a number.
            verdict: Verdict(rawValue: row[7]) ?? .invalid,
            reasons: isWhole ? try Self.reasons(row[14]) : [],
            startedAt: (row[8] as Int64?).map(Date.init(milliseconds:)),
            endedAt: (row[9] as Int64?).map(Date.init(milliseconds:)),
            isSimulated: row[10],
            importedFrom: row[11],
            environment: try shared.environment(row[12], database),
            metrics: metrics.enumerated().reduce(into: [:]) { values, metric in
                if let value: Double = row[Self.columns.count + metric.offset] { values[metric.element] = value }
            }
        )
    }

    private static func reasons(_ text: String) throws -> [VerdictReason] {
        text == "[]" ? [] : try JSONCoding.decode([VerdictReason].self, from: text.utf8)
    }

    private static func decode(_ text: String) throws -> [String: String] {
        text == "{}" ? [:] : try JSONCoding.decode([String: String].self, from: text.utf8)
    }
}
