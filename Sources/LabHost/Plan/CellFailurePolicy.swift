/// What happens after a cell that has no valid result.
public enum CellFailurePolicy: Sendable, Hashable {
    /// The next cell is measured.
    case goOn
    /// Nothing more is measured; what was is reported, and the cluster is torn down.
    case stop
    /// The cell is measured again, up to so many times; then the next one is.
    case retry(Int)

    /// How often a cell is measured at the most.
    public var attempts: Int {
        if case .retry(let times) = self { times + 1 } else { 1 }
    }

    /// The policy that a text of a plan names; nil for any other.
    public init?(_ text: String) {
        switch text {
        case "continue": self = .goOn
        case "stop": self = .stop
        default:
            guard text.hasPrefix("retry("), text.hasSuffix(")"), let times = Int(text.dropFirst(6).dropLast()),
                times > 0
            else { return nil }
            self = .retry(times)
        }
    }

    /// The policy as a plan may name it.
    public var text: String {
        switch self {
        case .goOn: "continue"
        case .stop: "stop"
        case .retry(let times): "retry(\(times))"
        }
    }
}

/// Written as its text; read as that, or as the mapping `{retry: 2}` of a plan.
extension CellFailurePolicy: Codable {
    private enum CodingKeys: String, CodingKey {
        case retry
    }

    /// Reads a policy of either form.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            guard let policy = Self(text) else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "\"\(text)\" is no policy for failed cells")
                )
            }
            self = policy
        } else {
            self = .retry(try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .retry))
        }
    }

    /// Writes the policy as its text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
