public import PluginAPI

/// The options of ``ExistingCluster``.
public struct ExistingOptions: PluginOptions {
    /// An instance and what it is.
    public struct Instance: Sendable, Hashable, Decodable {
        /// The instance's id.
        public var id: String
        /// The component that it runs; nil takes its tag Component.
        public var component: String?
        /// The host's name; nil takes its tag Name.
        public var name: String?
    }

    /// The instances.
    public var instances: [Instance]
    /// Tags that instances are found by, all of which they carry.
    public var tags: [String: String]
    /// What clients connect to; nil takes the brokers' addresses and Pulsar's own ports.
    public var serviceURL: String?
    /// Where the brokers' administration is.
    public var httpURL: String?
    /// The cluster's name, for ``serviceURL``.
    public var clusterName: String?

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "instances",
            .list(
                .object([
                    Schema.Key(
                        "id",
                        .string(pattern: "i-[0-9a-f]{8,17}", what: "an instance id"),
                        "The id.",
                        required: true
                    ),
                    Schema.Key(
                        "component",
                        .oneOf(["zookeeper", "bookkeeper", "broker", "client"]),
                        "What it runs; without it, its tag Component says so."
                    ),
                    Schema.Key("name", .string(), "The host's name; without it, its tag Name."),
                ])
            ),
            "The cluster's instances."
        ),
        Schema.Key("tags", .map(.string()), "Tags that the cluster's instances are found by, in place of a list."),
        Schema.Key(
            "service_url",
            .string(pattern: "pulsar(\\+ssl)?://[A-Za-z0-9.:,-]+", what: "a URL such as pulsar://10.0.1.7:6650"),
            "What clients connect to. With it the cluster need not be one that LabHost made: its services are not looked at."
        ),
        Schema.Key(
            "http_url",
            .string(pattern: "https?://[A-Za-z0-9.:,-]+", what: "a URL such as http://10.0.1.7:8080"),
            "Where the brokers' administration is; needed with service_url."
        ),
        Schema.Key(
            "cluster_name",
            .string(pattern: "[A-Za-z0-9._-]+", what: "a cluster's name"),
            "The cluster's name, as its own configuration has it; for service_url.",
            default: "pulsar-cluster"
        ),
    ]

    /// Makes options.
    public init(
        instances: [Instance] = [],
        tags: [String: String] = [:],
        serviceURL: String? = nil,
        httpURL: String? = nil,
        clusterName: String? = nil
    ) {
        self.instances = instances
        self.tags = tags
        self.serviceURL = serviceURL
        self.httpURL = httpURL
        self.clusterName = clusterName
    }

    /// Reads options, each with its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        instances = try container.decodeIfPresent([Instance].self, forKey: .instances) ?? []
        tags = try container.decodeIfPresent([String: String].self, forKey: .tags) ?? [:]
        serviceURL = try container.decodeIfPresent(String.self, forKey: .serviceURL)
        httpURL = try container.decodeIfPresent(String.self, forKey: .httpURL)
        clusterName = try container.decodeIfPresent(String.self, forKey: .clusterName)
    }

    private enum CodingKeys: String, CodingKey {
        case instances, tags
        case serviceURL = "service_url"
        case httpURL = "http_url"
        case clusterName = "cluster_name"
    }
}
