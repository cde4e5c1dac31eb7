import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The content of `costs.json`. Every amount is `{"usd": 1.25}`, or `{"usd": null, "reason": …}` when it is not known.
struct CostDocument: Encodable {
    var schema = "labhost.costs/2"
    var isSimulated: Bool
    var experiment: String
    var plan: String
    var tags: [String: String]
    /// The moment up to which resources that still exist are counted.
    var asOf: Date
    /// Nil when nothing of the experiment costs anything, or nobody has looked.
    var costs: ExperimentCosts?
    /// What the bill says beyond the estimate.
    var difference: Cost?
    var resources: [Item]

    init(_ record: ExperimentRecord, asOf now: Date) {
        isSimulated = record.isSimulated
        experiment = record.experiment.rawValue
        plan = record.planName
        tags = record.tags
        asOf = now
        costs = record.costs
        difference = record.costs?.difference
        resources = record.resources.map { Item($0, asOf: now) }
    }

    private enum CodingKeys: CodingKey {
        case schema, isSimulated, experiment, plan, tags, asOf, costs, difference, resources
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(schema, forKey: .schema)
        try container.encode(isSimulated, forKey: .isSimulated)
        try container.encode(experiment, forKey: .experiment)
        try container.encode(plan, forKey: .plan)
        try container.encode(tags, forKey: .tags)
        try container.encode(asOf, forKey: .asOf)
        try container.encode(costs, forKey: .costs)
        try container.encodeIfPresent(difference, forKey: .difference)
        try container.encode(resources, forKey: .resources)
    }

    /// One resource.
    struct Item: Encodable {
        var kind: String
        var id: String
        var name: String
        var attributes: [String: String]
        var createdAt: Date
        /// Nil while it exists.
        var deletedAt: Date?
        var seconds: Double
        var perHour: Cost
        var cost: Cost

        init(_ record: ResourceRecord, asOf now: Date) {
            let resource = record.resource
            kind = resource.kind
            id = resource.id
            name = resource.name
            attributes = resource.attributes
            createdAt = record.createdAt
            deletedAt = record.deletedAt
            seconds = record.seconds(until: now)
            perHour = record.rate?.perHour ?? .unknown("its price was not looked up")
            cost = record.rate?.cost(ofSeconds: seconds) ?? .unknown("its price was not looked up")
        }

        private enum CodingKeys: CodingKey {
            case kind, id, name, attributes, createdAt, deletedAt, seconds, perHour, cost
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(kind, forKey: .kind)
            try container.encode(id, forKey: .id)
            try container.encode(name, forKey: .name)
            try container.encode(attributes, forKey: .attributes)
            try container.encode(createdAt, forKey: .createdAt)
            try container.encode(deletedAt, forKey: .deletedAt)
            try container.encode(seconds, forKey: .seconds)
            try container.encode(perHour, forKey: .perHour)
            try container.encode(cost, forKey: .cost)
        }
    }
}
