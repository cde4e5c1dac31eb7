public import PluginAPI

/// The plan format as data: the only place that knows a key, its limits or its default.
///
/// A key that this version cannot act on says so: it is refused, never ignored.
public enum PlanSchema {
    /// The keys of a plan.
    public static let keys: [Schema.Key] = [
        Schema.Key("labhost", .integer(1...1), "The version of the plan format.", default: "1"),
        Schema.Key(
            "extends",
            .either([.string(), .list(.string())]),
            """
            Another plan, or several, of which this one changes parts: mappings are merged, anything else is replaced. \
            Paths are relative to this file.
            """
        ),
        Schema.Key(
            "name",
            .string(pattern: Slug.pattern, what: Slug.what),
            "The plan's name, used in ids and tags in lower case with hyphens.",
            required: true
        ),
        Schema.Key("description", .string(), "The question that the experiment answers."),
        Schema.Key("plugins", .object(pluginKeys), "Which plugin serves each phase.", default: "{}"),
        Schema.Key("aws", .object(awsKeys), "Where in AWS, and as whom.", default: "{}"),
        Schema.Key("image", .object(imageKeys), "What the hosts boot from.", default: "{}"),
        Schema.Key("network", .object(networkKeys), "The network that is made for the cluster.", default: "{}"),
        Schema.Key("cluster", .object(clusterKeys), "The hosts, by component.", default: "{}"),
        Schema.Key("pulsar", .object(pulsarKeys), "Settings of the configuration files.", default: "{}"),
        Schema.Key("tags", tags, "Tags for every resource.", default: "{}"),
        Schema.Key("limits", .object(limitKeys), "What the experiment may take.", default: "{}"),
        Schema.Key(
            "driver",
            .map(.any),
            "What differs from the cluster's OMB driver file: its keys, or file: PATH. Secrets belong into a file.",
            default: "{}"
        ),
        Schema.Key("base_workload", .object(workloadKeys), "The workload of every test run.", default: "{}"),
        Schema.Key("test_runs", .list(run, min: 1), "What is measured, in this order.", required: true),
        Schema.Key(
            "matrix",
            .map(.any),
            """
            Values to combine with every test run, by path: workload.KEY, cluster.COMPONENT.KEY, pulsar.FILE.KEY or \
            aws.spot, each with a list; exclude lists combinations to leave out.
            """,
            default: "{}"
        ),
        Schema.Key("repetitions", .integer(1...100), "How often each cell is measured.", default: "1"),
        Schema.Key(
            "on_cell_failure",
            .either([
                .oneOf(["continue", "stop"]), .string(pattern: "retry\\([1-9]\\)", what: "retry(1) to retry(9)"),
                .object([
                    Schema.Key(
                        "retry",
                        .integer(1...9),
                        "How often it is measured again before the next one is.",
                        required: true
                    )
                ]),
            ]),
            """
            What happens after a cell without a valid result: the next one is measured, or nothing more is, or it is \
            measured again.
            """,
            default: "continue"
        ),
        Schema.Key(
            "order",
            .oneOf(["grouped", "randomized"]),
            "The order of the cells on a cluster: as little reconfiguration as possible, or shuffled.",
            default: "grouped"
        ),
        Schema.Key(
            "seed",
            .integer(0...Int.max),
            "What a randomized order is shuffled with; else a new one each time."
        ),
        Schema.Key(
            "plateau_detection",
            .object([
                Schema.Key("enabled", .boolean, "Whether it is used.", default: "false"),
                Schema.Key(
                    "allowed_deviation",
                    .number(0...100),
                    "A step that achieves this many percent less than its rate has not kept up.",
                    default: "10"
                ),
                Schema.Key(
                    "consecutive_fails_allowed",
                    .integer(0...100),
                    "How many such steps in a row do not end the run yet.",
                    default: "2"
                ),
            ]),
            "When ramp_up and scale_to_failure end because a higher rate brings nothing more.",
            default: "{}"
        ),
        Schema.Key("reporting", .object(reportingKeys), "What is reported.", default: "{}"),
    ]

    /// The plan as one schema.
    public static var schema: Schema { .object(keys) }

    static let pluginID = Schema.string(pattern: "[a-z0-9][a-z0-9-]{0,39}", what: "a plugin's id such as terraform")

    private static let plugin = Schema.either([
        pluginID,
        .object([
            Schema.Key("use", pluginID, "The plugin's id.", required: true),
            Schema.Key("options", .any, "The plugin's own options, as its page lists them."),
        ]),
    ])

    private static let pluginKeys = [
        Schema.Key("image", plugin, "Finds or builds the image."),
        Schema.Key("provisioner", plugin, "Creates the hosts and destroys them."),
        Schema.Key("executor", plugin, "Runs commands on the hosts."),
        Schema.Key("runner", plugin, "Drives the benchmark."),
        Schema.Key(
            "metrics",
            .list(plugin),
            "Look inside the cluster while cells are measured; host when left open, where the runner samples hosts."
        ),
        Schema.Key("reporters", .list(plugin), "Write the report."),
    ]

    private static let awsKeys = [
        Schema.Key(
            "region",
            .string(pattern: "[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}", what: "an AWS region such as us-west-2"),
            "The region; without it AWS_REGION, then the profile's."
        ),
        Schema.Key(
            "profile",
            .string(pattern: "[A-Za-z0-9_.@:/+=-][A-Za-z0-9_.@:/+= -]{0,127}", what: "a profile's name"),
            "The profile of the shared configuration files."
        ),
        Schema.Key(
            "availability_zone",
            .string(
                pattern: "[a-z]{2}(-[a-z]+){1,2}-[0-9]{1,2}(-[a-z]+-[0-9]{1,2})?[a-z]",
                what: "a zone such as us-west-2a"
            ),
            "The zone of every host; without it EC2 chooses."
        ),
        Schema.Key(
            "spot",
            .either([
                .boolean,
                .object([
                    Schema.Key("max_price", .number(0.0001...1000), "The highest price in USD an hour for each host."),
                    Schema.Key(
                        "fallback",
                        .oneOf(["none", "on-demand"]),
                        "What to do when there is no spot capacity.",
                        default: "none"
                    ),
                ]),
            ]),
            "Whether, and how, spot instances are used.",
            default: "false"
        ),
        Schema.Key(
            "instance_profile",
            .string(pattern: "[A-Za-z0-9+=,.@_-]{1,128}", what: "an instance profile's name"),
            "An existing instance profile; without it one is made for the experiment."
        ),
        Schema.Key(
            "endpoint",
            .string(
                pattern: "https?://([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:]+\\])(:[0-9]{1,5})?/?",
                what: "an http or https URL without a path"
            ),
            "The endpoint of every AWS service, for emulators; also AWS_ENDPOINT_URL."
        ),
    ]

    private static let imageKeys = [
        Schema.Key(
            "id",
            .string(pattern: "ami-([0-9a-f]{8}|[0-9a-f]{17})", what: "an AMI's id such as ami-0abcdef1234567890"),
            "An image to use whatever its tags say."
        ),
        Schema.Key(
            "pulsar_version",
            pulsarVersion,
            "The newest image tagged PulsarVersion with this version is used.",
            default: defaultPulsarVersion
        ),
        Schema.Key(
            "build_if_missing",
            .boolean,
            "Whether a missing image is built, by the recipe in plugins.image.options.",
            default: "false"
        ),
        Schema.Key(
            "copy_from",
            .list(.string(pattern: "[a-z]{2}(-[a-z]+)+-[0-9]", what: "an AWS region such as us-west-2")),
            "The regions to copy a missing image from, before it is built.",
            default: "[]"
        ),
    ]

    /// A version of Pulsar.
    package static let pulsarVersion = Schema.string(
        pattern: "[0-9]{1,4}(\\.[0-9]{1,4}){1,3}(-[A-Za-z0-9.]{1,20})?",
        what: "a version such as 3.0.0"
    )
    /// The version that a plan wants when it names none.
    package static let defaultPulsarVersion = "3.0.0"

    private static let cidr = Schema.string(
        pattern: "[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}",
        what: "an IPv4 range such as 10.0.0.0/16"
    )

    private static let networkKeys = [
        Schema.Key("vpc_cidr", cidr, "The VPC's addresses, from /16 to /28.", default: "10.0.0.0/16"),
        Schema.Key("subnet_cidr", cidr, "The subnet's addresses, inside the VPC's.", default: "10.0.1.0/24"),
        Schema.Key("allowed_ssh_cidrs", .list(cidr), "Who may open SSH connections.", default: "[]"),
    ]

    private static let tags = Schema.map(
        .string(pattern: TagRules.valuePattern, what: TagRules.valueExpectation),
        keyPattern: TagRules.keyPattern
    )

    private static let limitKeys = [
        Schema.Key(
            "max_cost_usd",
            .number(0...1_000_000),
            """
            The most that the experiment may cost: a plan that is likely to cost more, or of which nobody knows what it costs, is \
            refused, and an experiment is stopped and torn down before it has cost more. Also --max-cost.
            """
        ),
        Schema.Key("max_duration", .duration, "Every resource expires after this time.", default: "3h"),
        Schema.Key(
            "unattended",
            .duration,
            """
            How long hosts go on when LabHost is gone: each ends itself this long after LabHost last renewed it, and after \
            max_duration at the latest. Hosts that are kept on purpose live until then.
            """,
            default: "1h"
        ),
        Schema.Key("cell_timeout", .duration, "A cell that takes longer has failed.", default: "30m"),
        Schema.Key(
            "keep",
            .oneOf(Experiment.KeepPolicy.allCases.map(\.rawValue)),
            "When the cluster is kept. An interrupt is no failure.",
            default: "never"
        ),
    ]

    private static let reportingKeys = [
        Schema.Key(
            "output_format",
            .list(pluginID),
            "The reporters to use; html, json and csv when none is named, and cost where a ledger is kept."
        ),
        Schema.Key(
            "include_raw_data",
            .boolean,
            "Whether series in time are in the report: every period, and what was collected inside the hosts.",
            default: "true"
        ),
        Schema.Key(
            "metrics_to_highlight",
            .list(.oneOf(Metric.allCases.map(\.name))),
            "The metrics to show first.",
            default: "[]"
        ),
    ]
}
