import Document
import PluginAPI

extension Schema {
    /// The origin of values that nobody wrote.
    static let defaultMark = SourceMark(origin: "default")

    /// The document as if its author had written every default, used no other spelling and left out every null.
    ///
    /// So the schema is the only place that knows a default. What does not fit the schema is left as it is.
    func completed(_ node: Node) -> Node {
        switch self {
        case .object(let keys): Self.completed(node, keys)
        case .list(let schema, _):
            Node(.sequence((node.isNull ? [] : node.sequence ?? []).map(schema.completed)), at: node.mark)
        case .map(let schema, _):
            Node(
                .mapping(
                    Mapping(
                        (node.mapping?.entries ?? []).map { entry in
                            Mapping.Entry(key: entry.key, keyMark: entry.keyMark, value: schema.completed(entry.value))
                        }
                    )
                ),
                at: node.mark
            )
        case .either(let shapes): Self.completed(node, among: shapes)
        default: node
        }
    }

    private static func completed(_ node: Node, _ keys: [Key]) -> Node {
        guard node.isNull || node.mapping != nil else { return node }
        let mapping = node.mapping ?? Mapping()
        var entries: [Mapping.Entry] = []
        for key in keys {
            let written = ([key.name] + key.deprecated.keys.sorted()).lazy.compactMap { mapping.entry($0) }.first
            if let written, !written.value.isNull {
                let value = key.schema.completed(written.value)
                entries.append(Mapping.Entry(key: key.name, keyMark: written.keyMark, value: value))
            } else if let value = key.defaultNode {
                entries.append(Mapping.Entry(key: key.name, keyMark: defaultMark, value: key.schema.completed(value)))
            }
        }
        return Node(.mapping(Mapping(entries)), at: node.mark)
    }

    private static func completed(_ node: Node, among shapes: [Schema]) -> Node {
        if let choice = choice(among: shapes, for: node) { return choice.chosen.map { completed(node, $0) } ?? node }
        return shapes.first { $0.fitsForm(of: node) }?.completed(node) ?? node
    }
}

extension Schema.Key {
    /// The default as a document; nil when there is none.
    var defaultNode: Node? {
        guard let defaultText else { return nil }
        let node = try? YAML.parse(Array(defaultText.utf8), file: Schema.defaultMark.file)
        return (node ?? Node(.scalar(Scalar(defaultText)), at: Schema.defaultMark)).moved(to: Schema.defaultMark)
    }
}

extension Node {
    /// The same value, said to be somewhere else.
    func moved(to mark: SourceMark) -> Node {
        switch content {
        case .scalar: Node(content, at: mark)
        case .sequence(let elements): Node(.sequence(elements.map { $0.moved(to: mark) }), at: mark)
        case .mapping(let mapping):
            Node(
                .mapping(
                    Mapping(
                        mapping.entries.map {
                            Mapping.Entry(key: $0.key, keyMark: mark, value: $0.value.moved(to: mark))
                        }
                    )
                ),
                at: mark
            )
        }
    }
}
