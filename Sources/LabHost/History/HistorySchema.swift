import GRDB

/// The tables of the history, and how older ones become newer ones.
///
/// A migration that has been released is never changed. Only types and statements that PostgreSQL has, too, are used; see
/// docs/history.md.
enum HistorySchema {
    /// All migrations, in order.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { try $0.execute(sql: v1) }
        migrator.registerMigration("v2") { try $0.execute(sql: v2) }
        migrator.registerMigration("v3") { try $0.execute(sql: v3) }
        return migrator
    }

    /// Times are milliseconds since 1970, in UTC. Lists and mappings are JSON.
    static let v1 = """
        CREATE TABLE experiment (
            id TEXT PRIMARY KEY NOT NULL,
            plan TEXT NOT NULL,
            started_at BIGINT NOT NULL,
            ended_at BIGINT,
            state TEXT NOT NULL,
            exit_code INTEGER,
            cells INTEGER NOT NULL,
            measured INTEGER NOT NULL,
            alive INTEGER NOT NULL,
            simulated INTEGER NOT NULL,
            labhost_version TEXT NOT NULL,
            cost_usd DOUBLE PRECISION,
            cost_unknown TEXT,
            cost_basis TEXT,
            journal_bytes BIGINT
        );
        CREATE INDEX experiment_by_plan ON experiment (plan, started_at);

        CREATE TABLE tag (
            experiment TEXT NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
            key TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (experiment, key)
        );

        CREATE TABLE environment (
            id INTEGER PRIMARY KEY NOT NULL,
            hash TEXT NOT NULL UNIQUE,
            facts TEXT NOT NULL
        );

        CREATE TABLE cell (
            id INTEGER PRIMARY KEY NOT NULL,
            experiment TEXT NOT NULL REFERENCES experiment (id) ON DELETE CASCADE,
            name TEXT NOT NULL,
            content_key TEXT NOT NULL,
            run TEXT NOT NULL,
            type TEXT NOT NULL,
            repetition INTEGER NOT NULL,
            factors TEXT NOT NULL,
            verdict TEXT NOT NULL,
            reasons TEXT NOT NULL,
            started_at BIGINT,
            ended_at BIGINT,
            environment INTEGER NOT NULL REFERENCES environment (id),
            throughput DOUBLE PRECISION,
            throughput_mb DOUBLE PRECISION,
            consume_rate DOUBLE PRECISION,
            sustained_rate DOUBLE PRECISION,
            mean_latency DOUBLE PRECISION,
            p50_latency DOUBLE PRECISION,
            p95_latency DOUBLE PRECISION,
            p99_latency DOUBLE PRECISION,
            p999_latency DOUBLE PRECISION,
            max_latency DOUBLE PRECISION,
            e2e_p50_latency DOUBLE PRECISION,
            e2e_p99_latency DOUBLE PRECISION,
            publish_delay_p99 DOUBLE PRECISION,
            error_rate DOUBLE PRECISION,
            backlog DOUBLE PRECISION,
            cost DOUBLE PRECISION,
            cost_per_million_msgs DOUBLE PRECISION,
            cost_per_gb DOUBLE PRECISION,
            UNIQUE (experiment, name)
        );
        CREATE INDEX cell_by_end ON cell (ended_at);

        CREATE TABLE period_series (
            cell INTEGER PRIMARY KEY NOT NULL REFERENCES cell (id) ON DELETE CASCADE,
            content BLOB NOT NULL
        );
        """

    /// Results that were made elsewhere are known by the SHA-256 of their files.
    static let v2 = """
        ALTER TABLE cell ADD COLUMN imported_from TEXT;
        CREATE INDEX cell_by_import ON cell (imported_from);
        """
    /// A forecast asks how long cells of the same content took.
    static let v3 = "CREATE INDEX cell_by_key ON cell (content_key, ended_at);"
}
