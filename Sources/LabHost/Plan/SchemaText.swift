import Document
import PluginAPI

extension Schema {
    /// What a value must be, as the object of "expected": `a whole number of at least 1`.
    var expectation: String {
        switch self {
        case .string(let pattern, let what): what ?? pattern.map { "text that matches \($0)" } ?? "text"
        case .integer(let range):
            "a whole number" + Self.bounds(range, within: Int.min...Int.max, String.init)
        case .number(let range):
            "a number" + Self.bounds(range, within: Self.anyNumber, Self.text)
        case .boolean: "true or false"
        case .duration: "a length of time such as 90s, 30m or 1h30m"
        case .oneOf(let words): words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))"
        case .list: "a list"
        case .object, .map: "a mapping"
        case .either(let shapes): shapes.map(\.expectation).uniqued().joined(separator: " or ")
        case .scalar: "a single value"
        case .any: "anything"
        }
    }

    /// Whether a node has the outer form that the schema asks for, whatever is inside.
    func fitsForm(of node: Node) -> Bool {
        switch (self, node.content) {
        case (.any, _): true
        case (.either(let shapes), _): shapes.contains { $0.fitsForm(of: node) }
        case (.object, .mapping), (.map, .mapping), (.list, .sequence): true
        case (.object, _), (.map, _), (.list, _): false
        case (_, .scalar): true
        default: false
        }
    }

    /// The alternative that a mapping means by the word it gives for a key that tells the alternatives apart.
    ///
    /// Objects are told apart by a key whose schema is a single word, such as `type`.
    static func choice(among shapes: [Schema], for node: Node) -> Choice? {
        var words: [(word: String, keys: [Key])] = []
        var name: String?
        for case .object(let keys) in shapes {
            for key in keys {
                guard case .oneOf(let only) = key.schema, only.count == 1, name == nil || name == key.name else {
                    continue
                }
                name = key.name
                words.append((only[0], keys))
            }
        }
        guard let name, words.count == shapes.count, words.count > 1 else { return nil }
        let chosen = node[name]?.text.flatMap { text in words.first { $0.word == text }?.keys }
        return Choice(key: name, words: words.map(\.word), chosen: chosen, others: words.flatMap(\.keys))
    }

    /// What ``choice(among:for:)`` found.
    struct Choice {
        /// The key that tells the alternatives apart.
        var key: String
        /// Its possible values.
        var words: [String]
        /// The keys of the chosen alternative; nil when the node names none of them.
        var chosen: [Key]?
        /// The keys of all of them.
        var others: [Key]
    }

    private static let anyNumber = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

    private static func text(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? String(Int(number)) : String(number)
    }

    /// What a range adds to the words for its type; nothing when it takes in all.
    private static func bounds<Bound: Comparable>(
        _ range: ClosedRange<Bound>,
        within all: ClosedRange<Bound>,
        _ text: (Bound) -> String
    ) -> String {
        let (low, high) = (range.lowerBound, range.upperBound)
        return switch (low > all.lowerBound, high < all.upperBound) {
        case (true, true): low == high ? ", \(text(low))" : " from \(text(low)) to \(text(high))"
        case (true, false): " of at least \(text(low))"
        case (false, true): " of at most \(text(high))"
        case (false, false): ""
        }
    }
}

extension Array where Element: Hashable {
    /// The elements without repetitions, in order.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
