/// An amount of money in USD, or the reason why it is not known. An unknown amount is never 0.
public enum Cost: Sendable, Hashable {
    /// It is known.
    case usd(Double)
    /// It is not, and why.
    case unknown(String)

    /// The amount; nil when it is not known.
    public var usd: Double? {
        if case .usd(let amount) = self { amount } else { nil }
    }

    /// Why it is not known; nil when it is.
    public var reason: String? {
        if case .unknown(let reason) = self { reason } else { nil }
    }

    /// An amount without the noise of binary fractions: whole billionths of a dollar, which no price is finer than.
    public static func rounded(_ amount: Double) -> Double { (amount * 1e9).rounded() / 1e9 }

    /// The sum; with the first reason when a part is unknown.
    public static func + (one: Cost, other: Cost) -> Cost {
        switch (one, other) {
        case (.usd(let first), .usd(let second)): .usd(first + second)
        case (.unknown, _): one
        case (.usd, .unknown): other
        }
    }
}

/// As JSON: `{"usd": 1.25}`, or `{"usd": null, "reason": "no price of m9.huge in us-west-2"}`.
extension Cost: Codable {
    private enum CodingKeys: CodingKey {
        case usd, reason
    }

    /// Reads an amount.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let amount = try container.decodeIfPresent(Double.self, forKey: .usd) {
            self = .usd(amount)
        } else {
            self = .unknown(try container.decode(String.self, forKey: .reason))
        }
    }

    /// Writes an amount; the key `usd` is always there.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .usd(let amount): try container.encode(Self.rounded(amount), forKey: .usd)
        case .unknown(let reason):
            try container.encodeNil(forKey: .usd)
            try container.encode(reason, forKey: .reason)
        }
    }
}
