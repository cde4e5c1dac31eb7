public import PluginAPI

/// The options of ``EC2Provisioner``.
public struct EC2Options: PluginOptions {
    /// How hosts are placed among EC2's machines.
    public enum Placement: String, Sendable, Decodable, CaseIterable {
        case cluster, partition, spread
    }

    /// The placement group to make; nil for none.
    public var placement: Placement?
    /// Whether the hosts share machines with other accounts: `default` or `dedicated`.
    public var tenancy: String
    /// The zones to try after the plan's own when one has no capacity.
    public var zones: [String]
    /// The instance types to try, by the one in the plan, when no zone has it.
    public var types: [String: [String]]

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "placement",
            .oneOf(Placement.allCases.map(\.rawValue)),
            "The strategy of a placement group made for the experiment; without it there is none."
        ),
        Schema.Key(
            "tenancy",
            .oneOf(["default", "dedicated"]),
            "Whether hosts share machines with other accounts.",
            default: "default"
        ),
        Schema.Key(
            "fallback_zones",
            .list(.string(pattern: "[a-z]{2}(-[a-z]+)+-[0-9][a-z]", what: "an availability zone such as us-west-2b")),
            "The availability zones to try, in order, when the first has no capacity; all hosts move together."
        ),
        Schema.Key(
            "fallback_types",
            .map(.list(.string(pattern: typePattern, what: typeWords)), keyPattern: typePattern),
            "By instance type, those to take when no zone has it, in order; what was taken is recorded."
        ),
    ]

    private static let typePattern = "[a-z][a-z0-9-]*\\.[a-z0-9-]+"
    private static let typeWords = "an instance type such as m5.large"

    /// Makes options.
    public init(
        placement: Placement? = nil,
        tenancy: String = "default",
        zones: [String] = [],
        types: [String: [String]] = [:]
    ) {
        self.placement = placement
        self.tenancy = tenancy
        self.zones = zones
        self.types = types
    }

    /// Reads options, each with its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        placement = try container.decodeIfPresent(Placement.self, forKey: .placement)
        tenancy = try container.decodeIfPresent(String.self, forKey: .tenancy) ?? "default"
        zones = try container.decodeIfPresent([String].self, forKey: .zones) ?? []
        types = try container.decodeIfPresent([String: [String]].self, forKey: .types) ?? [:]
    }

    private enum CodingKeys: String, CodingKey {
        case placement, tenancy
        case zones = "fallback_zones"
        case types = "fallback_types"
    }
}
