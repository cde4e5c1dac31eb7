public import PluginAPI

/// The options of ``PrometheusMetrics``.
public struct PrometheusOptions: PluginOptions {
    /// Seconds between two answers.
    public var interval: Int
    /// The beginnings of the names that are kept.
    public var families: [String]
    /// The port of each component's metrics.
    public var ports: [String: Int]

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "interval",
            .integer(1...60),
            "Seconds between two answers; more in a long cell, which has at most 120 of them.",
            default: "5"
        ),
        Schema.Key(
            "families",
            .list(.string(pattern: "[a-zA-Z_:][a-zA-Z0-9_:]{0,119}", what: "the beginning of a metric's name")),
            "The beginnings of the metrics' names that are kept; a few of each component when left out."
        ),
        Schema.Key("broker_port", .integer(1...65535), "Where brokers answer.", default: "8080"),
        Schema.Key("bookkeeper_port", .integer(1...65535), "Where bookies answer.", default: "8000"),
        Schema.Key("zookeeper_port", .integer(1...65535), "Where ZooKeeper answers.", default: "8000"),
    ]

    /// A few metrics that say where a cluster's time goes.
    ///
    /// Source: the reference of Pulsar's metrics, https://pulsar.apache.org/docs/3.0.x/reference-metrics/.
    public static let usualFamilies = [
        "jvm_memory_bytes_used", "jvm_memory_direct_bytes_used", "jvm_gc_collection_seconds",
        "process_cpu_seconds_total",
        // brokers
        "pulsar_active_connections", "pulsar_rate_in", "pulsar_rate_out", "pulsar_throughput_in",
        "pulsar_throughput_out", "pulsar_msg_backlog", "pulsar_storage_write_rate", "pulsar_storage_read_rate",
        "pulsar_ml_cache_used_size", "pulsar_ml_cache_hits_rate", "pulsar_ml_cache_misses_rate",
        "pulsar_broker_publish_latency",
        // bookies
        "bookie_journal_JOURNAL_QUEUE_SIZE", "bookie_journal_JOURNAL_FORCE_WRITE_QUEUE_SIZE",
        "bookie_journal_JOURNAL_SYNC", "bookie_journal_JOURNAL_ADD_ENTRY", "bookie_write_cache_size",
        "bookie_throttled_write_requests", "bookie_rejected_write_requests", "bookie_WRITE_BYTES",
        "bookie_READ_BYTES", "bookkeeper_server_ADD_ENTRY_REQUEST", "bookkeeper_server_READ_ENTRY_REQUEST",
        // ZooKeeper
        "avg_latency", "outstanding_requests", "num_alive_connections", "znode_count",
    ]

    /// Reads options, each with its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        interval = try container.decodeIfPresent(Int.self, forKey: .interval) ?? 5
        families = try container.decodeIfPresent([String].self, forKey: .families) ?? Self.usualFamilies
        ports = [
            "broker": try container.decodeIfPresent(Int.self, forKey: .brokerPort) ?? 8080,
            "bookkeeper": try container.decodeIfPresent(Int.self, forKey: .bookkeeperPort) ?? 8000,
            "zookeeper": try container.decodeIfPresent(Int.self, forKey: .zookeeperPort) ?? 8000,
        ]
    }

    /// Makes options.
    public init(interval: Int = 5, families: [String] = usualFamilies, ports: [String: Int]) {
        self.interval = interval
        self.families = families
        self.ports = ports
    }

    private enum CodingKeys: String, CodingKey {
        case interval, families
        case brokerPort = "broker_port"
        case bookkeeperPort = "bookkeeper_port"
        case zookeeperPort = "zookeeper_port"
    }
}
