import GRDB
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What experiments cost, by month and tag.
package struct CostSums: Sendable, Encodable {
    /// One sum.
    package struct Row: Sendable, Hashable, Encodable {
        /// The month in UTC: `2026-11`.
        package var month: String
        /// The tag, `team=x`; nil for the whole month.
        package var tag: String?
        /// The sum of what is known.
        package var usd: Double
        /// The experiments that it is of.
        package var experiments: Int
        /// How many of them have a cost, or a part of it, that is not known: the sum is too small then.
        package var unknown: Int
    }

    /// The sums, the newest month first, and in it the whole before its tags.
    package var rows: [Row]

    /// Prints the sums as columns.
    package var text: String {
        Columns.render(
            ["MONTH", "TAG", " EXPERIMENTS", " COST", "NOT KNOWN"],
            rows.map { row in
                [
                    row.month, row.tag.map(Printable.line) ?? "(all)", String(row.experiments),
                    row.unknown == row.experiments ? "-" : "$" + Figures.decimal(row.usd, places: 2),
                    row.unknown == 0 ? "" : "of \(row.unknown)",
                ]
            }
        )
    }
}

extension History {
    /// Sums what experiments cost, by the month in which they started. Those that cost nothing, being simulated or run on
    /// machines of one's own, are not in it.
    ///
    /// - Parameter plan: Only the experiments of this plan; nil for all.
    /// - Returns: The sums.
    /// - Throws: ``LabError`` when the history cannot be read.
    package func costs(plan: String? = nil) throws -> CostSums {
        struct Key: Hashable {
            var month: String
            var tag: String?
        }
        var sums: [Key: CostSums.Row] = [:]
        try read { database in
            let tags = try Row.fetchAll(database, sql: "SELECT experiment, key, value FROM tag")
            let tagged = Dictionary(grouping: tags) { row -> String in row["experiment"] }
                .mapValues { rows in
                    rows.map { row -> String in
                        let (key, value): (String, String) = (row["key"], row["value"])
                        return "\(key)=\(value)"
                    }
                }
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT id, started_at, cost_usd FROM experiment \
                    WHERE simulated = 0 AND (cost_usd IS NOT NULL OR cost_unknown IS NOT NULL) AND (? IS NULL OR plan = ?)
                    """,
                arguments: [plan, plan]
            )
            while let row = try rows.next() {
                let (id, start): (String, Int64) = (row["id"], row["started_at"])
                let month = String(Timestamps.minute(Date(milliseconds: start)).prefix(7))
                let cost: Double? = row["cost_usd"]
                for tag in [nil] + (tagged[id] ?? []).map(Optional.some) {
                    let none = CostSums.Row(month: month, tag: tag, usd: 0, experiments: 0, unknown: 0)
                    var sum = sums[Key(month: month, tag: tag)] ?? none
                    sum.experiments += 1
                    sum.usd += cost ?? 0
                    sum.unknown += cost == nil ? 1 : 0
                    sums[Key(month: month, tag: tag)] = sum
                }
            }
        }
        return CostSums(
            rows: sums.values.sorted { one, other in
                one.month != other.month ? one.month > other.month : (one.tag ?? "") < (other.tag ?? "")
            }
        )
    }
}
