import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The content of `costs.json`.
struct CostDocument: Encodable {
    var schema = "labhost.costs/1"
    var isSimulated: Bool
    var experiment: String
    /// The moment up to which resources that still exist are counted.
    var asOf: Date
    var total = Cost.unknown
    var byType: [Group]
    var resources: [Item]

    init(_ record: ExperimentRecord, asOf now: Date) {
        isSimulated = record.isSimulated
        experiment = record.experiment.rawValue
        asOf = now
        let components = Dictionary(record.hosts.map { ($0.instanceID, $0.component) }) { first, _ in first }
        let items = record.resources.map { resource in
            Item(
                resource,
                component: resource.resource.attributes["component"] ?? components[resource.resource.id],
                asOf: now
            )
        }
        resources = items
        byType = Dictionary(grouping: items, by: \.key)
            .map { Group(key: $0, count: $1.count, seconds: $1.reduce(0) { $0 + $1.seconds }) }
            .sorted { $0.key < $1.key }
    }

    /// An amount that is not known. Nothing may be added to it.
    struct Cost: Encodable {
        let reason: String

        static let unknown = Cost(reason: "no price list yet")

        private enum CodingKeys: CodingKey {
            case usd, reason
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encodeNil(forKey: .usd)
            try container.encode(reason, forKey: .reason)
        }
    }

    /// What resources of one price have in common.
    struct Key: Hashable, Comparable {
        var component: String
        var kind: String
        var type: String

        static func < (one: Key, other: Key) -> Bool {
            (one.component, one.kind, one.type) < (other.component, other.kind, other.type)
        }
    }

    /// Resources of one component, kind and type together.
    struct Group: Encodable {
        var key: Key
        var count: Int
        var seconds: Double
        var cost = Cost.unknown

        private enum CodingKeys: CodingKey {
            case component, kind, type, count, seconds, cost
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(key.component.isEmpty ? nil : key.component, forKey: .component)
            try container.encode(key.kind, forKey: .kind)
            try container.encode(key.type.isEmpty ? nil : key.type, forKey: .type)
            try container.encode(count, forKey: .count)
            try container.encode(seconds, forKey: .seconds)
            try container.encode(cost, forKey: .cost)
        }
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
        var cost = Cost.unknown
        fileprivate var key: Key

        init(_ record: ResourceRecord, component: String?, asOf now: Date) {
            let resource = record.resource
            kind = resource.kind
            id = resource.id
            name = resource.name
            attributes = resource.attributes
            createdAt = record.createdAt
            deletedAt = record.deletedAt
            // Clocks may be set back; nothing exists for less than no time.
            seconds = max((record.deletedAt ?? now).timeIntervalSince(record.createdAt), 0)
            let type = resource.attributes["instanceType"] ?? resource.attributes["volumeType"]
            key = Key(component: component ?? "", kind: resource.kind, type: type ?? "")
        }

        private enum CodingKeys: CodingKey {
            case kind, id, name, attributes, createdAt, deletedAt, seconds, cost
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
            try container.encode(cost, forKey: .cost)
        }
    }
}
