import PluginAPI

extension PlanSchema {
    static let clusterKeys = [
        component("zookeeper", count: 3, instanceType: "t3.micro", heap: "512M", "Keeps the metadata; an odd number."),
        component(
            "bookkeeper",
            count: 3,
            instanceType: "t3.small",
            heap: "768M",
            directMemory: "512M",
            storage: "{}",
            "Stores the messages."
        ),
        component(
            "broker",
            count: 2,
            instanceType: "t3.small",
            heap: "1G",
            directMemory: "512M",
            "Serves the clients."
        ),
        component("client", count: 1, instanceType: "t3.small", "Runs the benchmark."),
    ]

    /// The configuration files that the plan's `pulsar` section may set keys of.
    static let configurationFiles = ["broker", "bookkeeper", "zookeeper"]

    static let pulsarKeys = [
        Schema.Key(
            "cluster_name",
            .string(pattern: "[A-Za-z0-9][A-Za-z0-9._-]{0,99}", what: "letters, digits, '.', '_' and '-'"),
            "The cluster's name in its own configuration.",
            default: "labhost"
        ),
        settings("broker", "broker.conf"),
        settings("bookkeeper", "bookkeeper.conf"),
        settings("zookeeper", "zoo.cfg"),
    ]

    private static func component(
        _ name: String,
        count: Int,
        instanceType: String,
        heap: String? = nil,
        directMemory: String? = nil,
        storage: String? = nil,
        _ summary: String
    ) -> Schema.Key {
        let size = Schema.string(
            pattern: "[1-9][0-9]{0,6}[kKmMgG]",
            what: "a size as Java takes it, such as 512M or 4G"
        )
        let keys = [
            Schema.Key("count", .integer(1...200), "How many hosts.", default: String(count)),
            Schema.Key(
                "instance_type",
                .string(pattern: "[a-z][a-z0-9-]{1,20}\\.[a-z0-9-]{1,20}", what: "an instance type such as m6i.large"),
                "The EC2 instance type.",
                default: instanceType
            ),
            Schema.Key("heap", size, "The JVM's heap.", default: heap),
            Schema.Key("direct_memory", size, "The JVM's memory outside the heap.", default: directMemory),
            Schema.Key("storage", .object(storageKeys), "A disk for data.", default: storage),
        ]
        return Schema.Key(name, .object(keys), summary, default: "{}")
    }

    private static let storageKeys = [
        Schema.Key("type", .oneOf(["gp3", "gp2", "io2", "io1", "st1", "sc1"]), "The EBS volume type.", default: "gp3"),
        Schema.Key("size_gb", .integer(1...65_536), "The size in GiB.", default: "50"),
        Schema.Key("iops", .integer(100...256_000), "Provisioned operations a second (gp3, io1, io2)."),
        Schema.Key("throughput_mbps", .integer(125...2000), "Provisioned throughput in MiB/s (gp3)."),
    ]

    private static func settings(_ component: String, _ file: String) -> Schema.Key {
        Schema.Key(
            component,
            .map(.scalar, keyPattern: "[A-Za-z_][A-Za-z0-9._-]{0,127}"),
            "Any keys of \(file), written into it as they are.",
            default: "{}"
        )
    }
}
