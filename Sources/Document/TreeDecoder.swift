/// The `Decoder` over one node.
struct TreeDecoder: Decoder {
    var node: Node
    /// How the node was come by. Only messages need it, so it is a chain that costs one link a level, not an array a
    /// value.
    private let trail: Trail?

    init(node: Node) {
        self.node = node
        self.trail = nil
    }

    private init(node: Node, trail: Trail) {
        self.node = node
        self.trail = trail
    }

    var codingPath: [any CodingKey] { trail?.path ?? [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let mapping = node.mapping else { throw mismatch("a mapping") }
        return KeyedDecodingContainer(KeyedNodes(decoder: self, mapping: mapping))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = node.sequence else { throw mismatch("a list") }
        return UnkeyedNodes(decoder: self, elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { self }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        guard let readable = type as? any ScalarReadable.Type else { return try Value(from: self) }
        guard let scalar = node.scalar, let value = readable.init(reading: scalar) as? Value else {
            throw mismatch(readable.expectation)
        }
        return value
    }

    func child(_ node: Node, _ key: any CodingKey) -> TreeDecoder {
        TreeDecoder(node: node, trail: Trail(key: key, parent: trail))
    }

    func mismatch(_ expected: String) -> DocumentError {
        .at(node.mark, path: codingPath, "expected \(expected), found \(node.briefly)")
    }
}

/// The last step to a node, and the steps before it. It never changes, so it may be shared.
private final class Trail {
    private let key: any CodingKey
    private let parent: Trail?

    init(key: any CodingKey, parent: Trail?) {
        self.key = key
        self.parent = parent
    }

    var path: [any CodingKey] { (parent?.path ?? []) + [key] }
}

extension TreeDecoder: SingleValueDecodingContainer {
    func decodeNil() -> Bool { node.isNull }
}

/// The entries of a mapping, found by key.
private struct KeyedNodes<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: TreeDecoder
    let mapping: Mapping
    /// The places of the keys, where looking through the entries would take long.
    let index: [String: Int]?

    init(decoder: TreeDecoder, mapping: Mapping) {
        self.decoder = decoder
        self.mapping = mapping
        let entries = mapping.entries
        self.index =
            entries.count < 12
            ? nil : Dictionary(zip(entries.map(\.key), entries.indices), uniquingKeysWith: { first, _ in first })
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var allKeys: [Key] { mapping.entries.compactMap { Key(stringValue: $0.key) } }

    func contains(_ key: Key) -> Bool { node(key) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try decoder(for: key).node.isNull }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try decoder(for: key).decode(type)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try decoder(for: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(for: key).unkeyedContainer()
    }

    func superDecoder() -> any Decoder { decoder }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(for: key) }

    private func node(_ key: Key) -> Node? {
        guard let index else { return mapping[key.stringValue] }
        return index[key.stringValue].map { mapping.entries[$0].value }
    }

    private func decoder(for key: Key) throws -> TreeDecoder {
        guard let node = node(key) else {
            let mark = decoder.node.mark
            throw DocumentError.at(mark, path: codingPath, "the key \"\(key.stringValue)\" is missing")
        }
        return decoder.child(node, key)
    }
}

/// The elements of a sequence, one after the other.
private struct UnkeyedNodes: UnkeyedDecodingContainer {
    let decoder: TreeDecoder
    let elements: [Node]
    private(set) var currentIndex = 0

    init(decoder: TreeDecoder, elements: [Node]) {
        self.decoder = decoder
        self.elements = elements
    }

    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    mutating func decodeNil() throws -> Bool {
        guard try next().node.isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try next().decode(type)
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        let container = try next().container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try next().unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try next()
        currentIndex += 1
        return decoder
    }

    private func next() throws -> TreeDecoder {
        guard !isAtEnd else {
            throw DocumentError.at(decoder.node.mark, path: codingPath, "expected more than \(elements.count) elements")
        }
        return decoder.child(elements[currentIndex], Index(intValue: currentIndex))
    }

    private struct Index: CodingKey {
        let intValue: Int?
        var stringValue: String { intValue.map(String.init) ?? "" }

        init(intValue: Int) { self.intValue = intValue }
        init?(stringValue: String) { nil }
    }
}
