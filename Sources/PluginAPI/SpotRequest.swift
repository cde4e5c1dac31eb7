/// How spot instances are asked for.
public struct SpotRequest: Sendable, Hashable, Codable {
    /// The highest price in USD an hour; nil for the on-demand price.
    public var maxPrice: Double?
    /// Whether on-demand capacity is taken when spot has none.
    public var fallsBackToOnDemand: Bool

    /// Makes a request.
    public init(maxPrice: Double? = nil, fallsBackToOnDemand: Bool = false) {
        self.maxPrice = maxPrice
        self.fallsBackToOnDemand = fallsBackToOnDemand
    }
}
