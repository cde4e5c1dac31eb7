import GRDB

/// What forecasts ask of the history.
extension History {
    /// How many of a cell's latest measurements are looked at.
    private static let latest = 5

    /// How long cells took, the median of their latest measurements that ended well.
    func durations(of keys: Set<String>) throws -> [String: Duration] {
        try read { database in
            var found: [String: Duration] = [:]
            for key in keys {
                let times = try Int64.fetchAll(
                    database,
                    sql: """
                        SELECT cell.ended_at - cell.started_at FROM cell \
                        JOIN experiment ON experiment.id = cell.experiment \
                        WHERE cell.content_key = ? AND cell.verdict <> 'invalid' AND cell.ended_at > cell.started_at \
                        AND cell.imported_from IS NULL AND NOT experiment.simulated \
                        ORDER BY cell.ended_at DESC LIMIT ?
                        """,
                    arguments: [key, Self.latest]
                )
                if !times.isEmpty { found[key] = .milliseconds(times.sorted()[times.count / 2]) }
            }
            return found
        }
    }

    /// The latest experiment of a plan that ended with everything deleted.
    func latestExperiment(of plan: String) throws -> String? {
        try read { database in
            try String.fetchOne(
                database,
                sql: """
                    SELECT id FROM experiment WHERE plan = ? AND NOT simulated AND exit_code IS NOT NULL AND alive = 0 \
                    AND cost_usd IS NOT NULL ORDER BY started_at DESC LIMIT 1
                    """,
                arguments: [plan]
            )
        }
    }
}
