/// Makes typed values from nodes; what does not fit is reported at the place where it is written.
///
/// Text is taken as written, so a plain `3.10` decodes as the `String` "3.10"; numbers and booleans follow the core
/// schema. A `Duration` is read from `90s`, `30m`, `1h30m`. A null counts as absent. Keys that the type does not ask
/// for are not looked at: refusing them is the schema's work.
public struct NodeDecoder: Sendable {
    /// Makes a decoder.
    public init() {}

    /// Makes a value.
    ///
    /// - Parameters:
    ///   - type: What to make.
    ///   - node: From what.
    /// - Returns: The value.
    /// - Throws: ``DocumentError`` that names the path below `node` and what was expected there.
    public func decode<Value: Decodable>(_ type: Value.Type, from node: Node) throws(DocumentError) -> Value {
        do {
            return try TreeDecoder(node: node).decode(type)
        } catch let error as DocumentError {
            throw error
        } catch let error as DecodingError {
            throw Self.located(error, in: node)
        } catch {
            throw DocumentError("\(error)", at: node.mark)
        }
    }

    /// An error from a type's own `init(from:)`, with the place that its path leads to.
    private static func located(_ error: DecodingError, in root: Node) -> DocumentError {
        let (context, missing): (DecodingError.Context, (any CodingKey)?) =
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
                (context, nil)
            case .keyNotFound(let key, let context): (context, key)
            @unknown default: (DecodingError.Context(codingPath: [], debugDescription: "\(error)"), nil)
            }
        var node = root
        for key in context.codingPath {
            let next = key.intValue.flatMap { index in
                node.sequence.flatMap { $0.indices.contains(index) ? $0[index] : nil }
            }
            guard let child = next ?? node[key.stringValue] else { break }
            node = child
        }
        let message = missing.map { "the key \"\($0.stringValue)\" is missing" } ?? context.debugDescription
        return .at(node.mark, path: context.codingPath, message)
    }
}

/// A decoded value together with the place where it is written, for messages that come later.
public struct Located<Value: Sendable>: Sendable {
    /// The value.
    public var value: Value
    /// The place.
    public var mark: SourceMark

    /// Makes a pair.
    public init(_ value: Value, at mark: SourceMark) {
        self.value = value
        self.mark = mark
    }
}

extension Located: Equatable where Value: Equatable {}
extension Located: Hashable where Value: Hashable {}

extension Located: Decodable where Value: Decodable {
    /// Decodes the value; only a ``NodeDecoder`` knows the place.
    public init(from decoder: any Decoder) throws {
        self.value = try decoder.singleValueContainer().decode(Value.self)
        self.mark = (decoder as? TreeDecoder)?.node.mark ?? SourceMark(origin: "unknown")
    }
}

extension Node: Decodable {
    /// Takes the node as it is; only a ``NodeDecoder`` has one to give.
    public init(from decoder: any Decoder) throws {
        guard let decoder = decoder as? TreeDecoder else {
            let context = DecodingError.Context(
                codingPath: decoder.codingPath,
                debugDescription: "a node can only be taken from a document"
            )
            throw DecodingError.dataCorrupted(context)
        }
        self = decoder.node
    }
}

extension Node {
    /// The node in a few words, for messages: `"fast"`, `12`, `nothing`, `a list`, `a mapping`.
    public var briefly: String {
        switch content {
        case .sequence: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let scalar):
            switch scalar.resolved {
            case .null: return "nothing"
            case .bool, .int, .float: return scalar.text
            case .string: break
            }
            let shown = scalar.text.prefix(60)
            return YAML.quoted(String(shown)) + (shown.endIndex < scalar.text.endIndex ? "…" : "")
        }
    }
}

extension DocumentError {
    /// An error whose message begins with the path, when there is one.
    static func at(_ mark: SourceMark, path: [any CodingKey], _ message: String) -> DocumentError {
        let path = path.reduce(into: "") { text, key in
            if let index = key.intValue {
                text += "[\(index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return DocumentError(path.isEmpty ? message : "\(path): \(message)", at: mark)
    }
}
