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
            .map(.integer(0...1_000_000), keyPattern: "[0-9]{1,7}-[0-9]{1,7}"),
            "Weights of message sizes in bytes by range, such as {\"0-128\": 1, \"128-512\": 3}, instead of message_size."
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
            "extra_consumers",
            .boolean,
            "Whether two of three clients consume, and not half of them, where there are several: for backlogs.",
            default: "false"
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
        runType(
            "max_rate",
            [
                Schema.Key(
                    "confirm",
                    .boolean,
                    "Whether the rate that OMB's search finds is confirmed at a fixed rate just below.",
                    default: "true"
                )
            ]
        ),
        runType("latency_test", [rate("producer_rate", "Messages a second, low enough not to strain the cluster.")]),
        runType(
            "ramp_up",
            [
                Schema.Key("ramp_up_steps", .list(.object(stepKeys), min: 1), "The rates, one after the other."),
                rate("initial_rate", "The first rate, instead of ramp_up_steps.", required: false),
                rate("rate_increment", "What each step adds.", required: false),
                Schema.Key("increment_interval_minutes", .integer(1...1440), "How long a step is measured."),
            ] + riseKeys
        ),
        runType(
            "scale_to_failure",
            [
                rate("initial_rate", "The first rate."),
                Schema.Key(
                    "rate_multiplier",
                    .number(1.01...10),
                    "What each step multiplies the rate by; 1.5 unless rate_increment is given."
                ),
                rate("rate_increment", "What each step adds, instead of rate_multiplier.", required: false),
                Schema.Key("failure_criteria", .object(failureKeys), "What ends the run.", default: "{}"),
            ] + riseKeys
        ),
        runType(
            "search",
            [
                Schema.Key("objective", .object(objectiveKeys), "What must hold.", required: true),
                Schema.Key(
                    "between",
                    .list(.integer(1...maxRate), min: 2),
                    "The lowest and the highest rate.",
                    required: true
                ),
                Schema.Key(
                    "precision_percent",
                    .number(0.1...50),
                    "How near to the true limit is near enough.",
                    default: "5"
                ),
            ]
        ),
    ])

    static let maxRate = 1_000_000_000

    private static func runType(_ type: String, _ keys: [Schema.Key]) -> Schema {
        let name = Schema.Key(
            "name",
            .string(pattern: Slug.pattern, what: Slug.what),
            "The run's name.",
            required: true
        )
        let type = Schema.Key("type", .oneOf([type]), "How the rate is chosen.", required: true)
        return .object([name, type] + keys + overrideKeys)
    }

    private static func rate(_ name: String, _ summary: String, required: Bool = true) -> Schema.Key {
        Schema.Key(name, .integer(1...maxRate), summary, required: required)
    }

    /// What bounds a rate that rises: without either, after 20 steps.
    private static let riseKeys = [
        rate("max_rate", "No step goes above this rate.", required: false),
        Schema.Key("max_steps", .integer(1...200), "The most steps.", default: "20"),
    ]

    private static let overrideKeys = [
        Schema.Key(
            "canary",
            .boolean,
            "Whether the run is measured once more at the end of each set of hosts, to see whether they changed meanwhile.",
            default: "false"
        ),
        Schema.Key(
            "workload_overrides",
            .object(workloadKeys.withoutDefaults),
            "What differs from base_workload; the matrix does not vary it for this run.",
            default: "{}"
        ),
        Schema.Key(
            "infrastructure_overrides",
            .object(infrastructureKeys),
            "What differs from cluster, as broker_count: 3 or broker: {count: 3}; the matrix does not vary it for this run.",
            default: "{}"
        ),
        Schema.Key(
            "pulsar_config_overrides",
            .map(.any, keyPattern: "[A-Za-z_][A-Za-z0-9._-]{0,127}"),
            """
            What differs from pulsar: keys of broker.conf as they are or in snake_case, broker_heap_size and the like, \
            or broker: {…}, bookkeeper: {…} and zookeeper: {…}; the matrix does not vary it for this run.
            """,
            default: "{}"
        ),
    ]

    /// The components' own keys, and each of them flat, as `broker_count`.
    private static var infrastructureKeys: [Schema.Key] {
        clusterKeys.flatMap { component -> [Schema.Key] in
            guard case .object(let keys) = component.schema else { return [] }
            let own = keys.withoutDefaults
            let flat = own.map { key in
                var key = key
                key.name = "\(component.name)_\(key.name)"
                return key
            }
            return [Schema.Key(component.name, .object(own), component.summary)] + flat
        }
    }

    private static let stepKeys = [
        rate("rate", "Messages a second."),
        Schema.Key("duration_minutes", .integer(1...1440), "How long.", required: true),
    ]

    private static let failureKeys = [
        Schema.Key(
            "max_latency_ms",
            .number(0...1_000_000),
            "The highest publish latency.",
            default: "1000"
        ),
        Schema.Key("latency_percentile", .number(0...100), "Of which percentile.", default: "99"),
        Schema.Key("max_error_rate_percent", .number(0...100), "The highest share of failed sends.", default: "1"),
        Schema.Key("min_achieved_percent", .number(0...100), "The lowest share of the wanted rate.", default: "95"),
    ]

    private static let objectiveKeys = [
        Schema.Key("percentile", .number(0...100), "The percentile.", required: true),
        Schema.Key("latency_ms", .number(0...1_000_000), "Its highest latency.", required: true),
        Schema.Key(
            "of",
            .oneOf(RatePolicy.Objective.Measure.allCases.map(\.rawValue)),
            "Which latency.",
            default: "publish"
        ),
    ]
}

extension [Schema.Key] {
    /// The same keys where leaving one out means "as it is".
    var withoutDefaults: [Schema.Key] {
        map { key in
            var key = key
            key.defaultText = nil
            key.isRequired = false
            return key
        }
    }
}
