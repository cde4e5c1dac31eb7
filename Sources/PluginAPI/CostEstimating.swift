#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What resources cost, and how far that can be trusted.
public struct Quote: Sendable, Hashable, Codable {
    /// The rates, in the order in which they were asked for.
    public var rates: [Rate]
    /// The date of the oldest price among them; nil when there is none.
    public var asOf: Date?
    /// Where the prices come from, in a few words: `AWS price list`.
    public var source: String
    /// What kept newer or other prices from being found, one sentence each.
    public var notes: [String]

    /// Makes a quote.
    public init(rates: [Rate], asOf: Date? = nil, source: String, notes: [String] = []) {
        self.rates = rates
        self.asOf = asOf
        self.source = source
        self.notes = notes
    }
}

/// A provisioner that knows what its resources cost.
///
/// ```swift
/// struct FlatRate: CostEstimating {
///     func billables(_ request: ProvisionRequest) -> [Resource]? { [] }
///     func quote(for resources: [Resource], asking: Bool) async -> Quote {
///         Quote(rates: resources.map { _ in .free }, source: "a flat rate")
///     }
/// }
/// ```
public protocol CostEstimating: Provisioner {
    /// What of a request would cost money, with the facts that its price depends on; asks nobody.
    ///
    /// - Returns: The resources, whose ids mean nothing; nil when only the outside world knows.
    func billables(_ request: ProvisionRequest) throws -> [Resource]?

    /// What resources cost. A price that is not known is unknown, with the reason: it never fails.
    ///
    /// - Parameters:
    ///   - resources: The resources, by kind and attributes.
    ///   - asking: Whether the outside world may be asked; otherwise what was learnt before has to do.
    /// - Returns: A rate for each.
    func quote(for resources: [Resource], asking: Bool) async -> Quote
}

/// A provisioner that can read the bill.
public protocol Billing: Provisioner {
    /// What was billed for the experiment.
    ///
    /// - Parameters:
    ///   - start: When it began.
    ///   - end: When the last of it was gone, or now.
    /// - Returns: The bill, with at least one item.
    /// - Throws: ``LabError`` that says why there is no bill, and what makes one come.
    func bill(from start: Date, to end: Date) async throws -> Bill
}

/// What was billed for an experiment.
public struct Bill: Sendable, Hashable, Codable {
    /// One service's share, for one component.
    public struct Item: Sendable, Hashable, Codable {
        /// The service, in the bill's own words.
        public var service: String
        /// The component; nil for what belongs to none.
        public var component: String?
        /// What was billed.
        public var cost: Cost

        /// Makes an item.
        public init(service: String, component: String?, cost: Cost) {
            self.service = service
            self.component = component
            self.cost = cost
        }
    }

    /// What it consists of.
    public var items: [Item]
    /// When it was asked for.
    public var askedAt: Date
    /// Whether amounts may still change, as the other side says.
    public var isProvisional: Bool

    /// Makes a bill.
    public init(items: [Item], askedAt: Date, isProvisional: Bool) {
        self.items = items
        self.askedAt = askedAt
        self.isProvisional = isProvisional
    }

    /// All of it.
    public var total: Cost { items.map(\.cost).sum }
}
