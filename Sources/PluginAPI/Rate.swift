/// What a resource costs while it exists.
public struct Rate: Sendable, Hashable, Codable {
    /// One thing that is paid for by the time that it exists.
    public struct Part: Sendable, Hashable, Codable {
        /// The kind of cost, as in ``CostItem/kind``.
        public var kind: String
        /// What is paid for, as in ``CostItem/what``.
        public var what: String
        /// For each hour.
        public var perHour: Cost
        /// The most that an hour may come to, where the price changes: that of a spot instance rises; nil where it does not.
        public var mostPerHour: Cost?
        /// How many seconds are paid for at least, however soon it is gone.
        public var minimumSeconds: Int

        /// Makes a part. EC2, EBS and public addresses are billed by the second, with a minimum of 60 s.
        public init(
            kind: String,
            what: String,
            perHour: Cost,
            mostPerHour: Cost? = nil,
            minimumSeconds: Int = 60
        ) {
            self.kind = kind
            self.what = what
            self.perHour = perHour
            self.mostPerHour = mostPerHour
            self.minimumSeconds = minimumSeconds
        }

        /// What a number of seconds costs.
        public func cost(ofSeconds seconds: Double) -> Cost { perHour * (max(seconds, Double(minimumSeconds)) / 3600) }
    }

    /// What is paid for; nothing for a resource that is free.
    public var parts: [Part]

    /// Makes a rate.
    public init(parts: [Part]) { self.parts = parts }

    /// Of a resource that costs nothing.
    public static let free = Rate(parts: [])

    /// Of a resource whose price nobody knows.
    public static func unknown(kind: String, what: String, because reason: String) -> Rate {
        Rate(parts: [Part(kind: kind, what: what, perHour: .unknown(reason))])
    }

    /// All of it, for each hour.
    public var perHour: Cost { parts.map(\.perHour).sum }

    /// The most that it may come to, for each hour.
    public var mostPerHour: Cost { parts.map { $0.mostPerHour ?? $0.perHour }.sum }

    /// What the resource costs that existed for a number of seconds.
    public func cost(ofSeconds seconds: Double) -> Cost { parts.map { $0.cost(ofSeconds: seconds) }.sum }
}

extension Cost {
    /// So many times the amount.
    public static func * (cost: Cost, factor: Double) -> Cost {
        switch cost {
        case .usd(let amount): .usd(amount * factor)
        case .unknown: cost
        }
    }

    /// Nothing to pay, which is known.
    public static let zero = Cost.usd(0)
}

extension Sequence<Cost> {
    /// The sum; with the first reason when a part is unknown, and 0 for no parts.
    public var sum: Cost { reduce(.zero, +) }
}
