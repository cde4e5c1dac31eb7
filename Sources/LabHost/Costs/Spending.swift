public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What an experiment has cost so far, and what it goes on costing: its ledger × the prices of its resources.
public struct Spending: Sendable, Hashable, Encodable {
    /// What was spent.
    public var spent: Cost
    /// What the resources that exist cost an hour.
    public var perHour: Cost

    /// Makes it of what is known.
    init(spent: Cost, perHour: Cost) {
        self.spent = spent
        self.perHour = perHour
    }

    /// Whether both are known.
    var isKnown: Bool { spent.usd != nil && perHour.usd != nil }

    /// Reckons at a moment; nil when nothing that was created costs anything, or nobody has looked.
    public init?(_ resources: [ResourceRecord], at now: Date) {
        guard resources.contains(where: { $0.rate?.parts.isEmpty == false }) else { return nil }
        spent = resources.map { $0.cost(until: now) }.sum
        perHour = resources.filter { $0.deletedAt == nil }.map(\.perHour).sum
    }
}

extension ResourceRecord {
    /// What it has cost until a moment.
    func cost(until now: Date) -> Cost {
        rate?.cost(ofSeconds: seconds(until: now)) ?? .unpriced(resource)
    }

    /// What it costs an hour.
    var perHour: Cost { rate?.perHour ?? .unpriced(resource) }
}

extension Cost {
    /// Of a resource that nobody has looked at yet: it was created by a process that was killed just then.
    fileprivate static func unpriced(_ resource: Resource) -> Cost {
        .unknown("the price of \(resource.kind) \(resource.name) was not looked up yet")
    }
}
