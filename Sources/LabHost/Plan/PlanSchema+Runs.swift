import PluginAPI

extension PlanSchema {
    /// The keys of `base_workload`. A run's `workload_overrides` takes the same ones, where leaving one out means the
    /// base's value.
    static let workloadKeys = [
        Schema.Key("topics", .integer(1...1_000_000), "Topics.", default: "1"),
        Schema.Key("partitions_per_topic", .integer(1...10_000), "Partitions of each topic.", default: "1"),
        // Pulsar's own limit for a message is 5 MiB.
        Schema.Key("message_size", .integer(1...5_242_880), "Bytes in each message.", default: "1024"),
        Schema.Key(
            "message_size_distribution",
            .map(.integer(0...1_000_000)),
            "Weights of message sizes, by range.",
            unsupported: "not supported yet: give one message_size"
        ),
        Schema.Key(
            "payload_file",
            .string(
                pattern: "[A-Za-z0-9_./][A-Za-z0-9_./-]{0,254}",
                what: "a file's path on the client without spaces"
            ),
            "The payload's file on the client; without it payloads are random."
        ),
        Schema.Key("subscriptions_per_topic", .integer(1...10_000), "Subscriptions of each topic.", default: "1"),
        Schema.Key("producers_per_topic", .integer(1...10_000), "Producers of each topic.", default: "1"),
        Schema.Key("consumers_per_topic", .integer(1...10_000), "Consumers of each subscription.", default: "1"),
        Schema.Key(
            "consumer_backlog_size_gb",
            .integer(0...100_000),
            "GiB of backlog to build and drain.",
            default: "0"
        ),
        Schema.Key(
            "key_distributor",
            .oneOf(["NO_KEY", "KEY_ROUND_ROBIN", "RANDOM_NANO"]),
            "How message keys are chosen.",
            default: "NO_KEY"
        ),
        // The benchmark takes 0 for "for ever", and cuts fractions off.
        Schema.Key("test_duration_minutes", .integer(1...10_080), "Minutes that are measured.", default: "5"),
        Schema.Key("warmup_duration_minutes", .integer(0...1440), "Minutes before them that are not.", default: "1"),
    ]

    /// A test run; `type` decides which keys it has.
    static let run = Schema.either([
        runType("fixed_rate", [rate("producer_rate", "Messages a second over all producers.")]),
        runType("max_rate", []),
        runType("latency_test", [rate("producer_rate", "Messages a second over all producers.")], isSupported: false),
        runType(
            "ramp_up",
            [
                Schema.Key("ramp_up_steps", .list(.object(stepKeys), min: 1), "The rates, one after the other."),
                rate("initial_rate", "The first rate.", required: false),
                rate("rate_increment", "What each step adds.", required: false),
                Schema.Key("increment_interval_minutes", .integer(1...1440), "How long a step takes."),
            ],
            isSupported: false
        ),
        runType(
            "scale_to_failure",
            [
                rate("initial_rate", "The first rate."),
                Schema.Key("rate_multiplier", .number(1.01...10), "What each step multiplies the rate by."),
                Schema.Key("failure_criteria", .object(failureKeys), "What ends the run."),
            ],
            isSupported: false
        ),
        runType(
            "search",
            [
                Schema.Key("objective", .object(objectiveKeys), "What must hold.", required: true),
                Schema.Key("between", .list(.integer(1...maxRate), min: 2), "The lowest and the highest rate."),
                Schema.Key("precision_percent", .number(0.1...50), "How near to the true limit is near enough."),
            ],
            isSupported: false
        ),
    ])

    private static let maxRate = 1_000_000_000

    private static func runType(_ type: String, _ keys: [Schema.Key], isSupported: Bool = true) -> Schema {
        let name = Schema.Key(
            "name",
            .string(pattern: Slug.pattern, what: Slug.what),
            "The run's name.",
            required: true
        )
        let type = Schema.Key(
            "type",
            .oneOf([type]),
            "How the rate is chosen.",
            required: true,
            unsupported: isSupported ? nil : "the run type \(type) is not supported yet: use fixed_rate or max_rate"
        )
        return .object([name, type] + keys + overrideKeys)
    }

    private static func rate(_ name: String, _ summary: String, required: Bool = true) -> Schema.Key {
        Schema.Key(name, .integer(1...maxRate), summary, required: required)
    }

    private static let overrideKeys = [
        Schema.Key(
            "workload_overrides",
            .object(
                workloadKeys.map { key in
                    var key = key
                    key.defaultText = nil
                    return key
                }
            ),
            "What differs from base_workload.",
            default: "{}"
        ),
        Schema.Key(
            "infrastructure_overrides",
            .map(.scalar),
            "What differs from cluster.",
            unsupported: "not supported yet: all runs of a plan share one cluster"
        ),
        Schema.Key(
            "pulsar_config_overrides",
            .map(.scalar),
            "What differs from pulsar.",
            unsupported: "not supported yet: all runs of a plan share one cluster"
        ),
    ]

    private static let stepKeys = [
        rate("rate", "Messages a second."),
        Schema.Key("duration_minutes", .integer(1...1440), "How long.", required: true),
    ]

    private static let failureKeys = [
        Schema.Key("max_latency_ms", .number(0...1_000_000), "The highest latency."),
        Schema.Key("latency_percentile", .number(0...100), "Of which percentile."),
        Schema.Key("max_error_rate_percent", .number(0...100), "The highest share of failed sends."),
        Schema.Key("min_achieved_percent", .number(0...100), "The lowest share of the wanted rate."),
    ]

    private static let objectiveKeys = [
        Schema.Key("percentile", .number(0...100), "The percentile.", required: true),
        Schema.Key("latency_ms", .number(0...1_000_000), "Its highest latency.", required: true),
        Schema.Key("of", .oneOf(["publish", "end_to_end"]), "Which latency."),
    ]
}
