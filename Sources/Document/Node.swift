/// A value of a document, and where it is written.
///
/// It is a value like any other: copies share their storage, and it may cross threads freely. Scalars keep their text;
/// what type a text has is decided by whoever reads it (see ``Scalar/resolved``), so that a version `3.10` stays
/// `3.10` where text is wanted.
public struct Node: Sendable, Hashable {
    /// What the node is.
    public enum Content: Sendable, Hashable {
        case scalar(Scalar)
        case sequence([Node])
        case mapping(Mapping)
    }

    /// What the node is.
    public var content: Content
    /// Where it is written.
    public var mark: SourceMark

    /// Makes a node.
    public init(_ content: Content, at mark: SourceMark) {
        self.content = content
        self.mark = mark
    }

    /// The scalar, when it is one.
    public var scalar: Scalar? {
        guard case .scalar(let scalar) = content else { return nil }
        return scalar
    }

    /// The elements, when it is a sequence.
    public var sequence: [Node]? {
        guard case .sequence(let elements) = content else { return nil }
        return elements
    }

    /// The entries, when it is a mapping.
    public var mapping: Mapping? {
        guard case .mapping(let mapping) = content else { return nil }
        return mapping
    }

    /// The scalar's text, when it is a scalar other than null.
    public var text: String? { isNull ? nil : scalar?.text }

    /// Whether it is a scalar that says "nothing": empty, `~` or `null`, unquoted.
    public var isNull: Bool { scalar?.isNull ?? false }

    /// The value of a key, when it is a mapping that has it.
    public subscript(_ key: String) -> Node? { mapping?[key] }
}

/// The entries of a mapping, in the order of the file; no key comes twice.
public struct Mapping: Sendable, Hashable {
    /// A key and its value.
    public struct Entry: Sendable, Hashable {
        /// The key's text.
        public var key: String
        /// Where the key is written.
        public var keyMark: SourceMark
        /// The value.
        public var value: Node

        /// Makes an entry.
        public init(key: String, keyMark: SourceMark, value: Node) {
            self.key = key
            self.keyMark = keyMark
            self.value = value
        }
    }

    /// The entries, in order.
    public private(set) var entries: [Entry]

    /// Makes a mapping; a key that comes twice keeps its first place and its last value.
    public init(_ entries: [Entry] = []) {
        var places: [String: Int] = [:]
        self.entries = []
        for entry in entries {
            if let place = places[entry.key] {
                self.entries[place].value = entry.value
            } else {
                places[entry.key] = self.entries.count
                self.entries.append(entry)
            }
        }
    }

    /// Makes a mapping of entries whose keys are known to differ.
    init(distinct entries: [Entry]) { self.entries = entries }

    /// The entry of a key.
    public func entry(_ key: String) -> Entry? { entries.first { $0.key == key } }

    /// The value of a key.
    public subscript(_ key: String) -> Node? { entry(key)?.value }

    /// Puts an entry in the place of the one with its key, or at the end.
    public mutating func set(_ entry: Entry) {
        if let index = entries.firstIndex(where: { $0.key == entry.key }) {
            entries[index] = entry
        } else {
            entries.append(entry)
        }
    }
}
