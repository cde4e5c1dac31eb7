import Document
import PluginAPI

/// The plan format for other programs: JSON Schema, draft 2020-12.
public enum SchemaDocument {
    /// The schema as JSON.
    ///
    /// YAML's scalars have no fixed type, and LabHost takes text as it is written: so a key that takes text takes a
    /// number or a truth value, too. A null counts as left out everywhere but where a value is required.
    public static var json: String {
        var root = describe(.object(PlanSchema.keys)).entries
        root.insert(
            contentsOf: entries([
                ("$schema", text("https://json-schema.org/draft/2020-12/schema")), ("title", text("LabHost plan")),
            ]),
            at: 0
        )
        return JSON.text(mapping(root))
    }

    private static let mark = SourceMark(origin: "schema")

    private static func describe(_ schema: Schema) -> Mapping {
        switch schema {
        case .string(let pattern, _):
            return Mapping(entries([("type", list(["string", "number", "boolean"]))]) + (pattern.map(anchored) ?? []))
        case .integer(let range):
            return Mapping(
                entries([
                    ("type", text("integer")), ("minimum", plain("\(range.lowerBound)")),
                    ("maximum", plain("\(range.upperBound)")),
                ])
            )
        case .number(let range):
            return Mapping(
                entries([
                    ("type", text("number")), ("minimum", plain("\(range.lowerBound)")),
                    ("maximum", plain("\(range.upperBound)")),
                ])
            )
        case .boolean: return Mapping(entries([("type", text("boolean"))]))
        case .duration: return Mapping(entries([("type", text("string"))]) + anchored("([0-9]+[dhms])+"))
        case .oneOf(let words): return Mapping(entries([("enum", list(words))]))
        case .list(let schema, let min):
            return Mapping(
                entries([
                    ("type", text("array")), ("items", node(describe(schema))), ("minItems", plain("\(min)")),
                ])
            )
        case .object(let keys): return object(keys)
        case .map(let schema, let keyPattern):
            var result = entries([("type", text("object")), ("additionalProperties", node(describe(schema)))])
            let names = keyPattern.map(anchored) ?? []
            if !names.isEmpty { result += entries([("propertyNames", node(Mapping(names)))]) }
            return Mapping(result)
        case .either(let shapes): return Mapping(entries([("anyOf", sequence(shapes.map { node(describe($0)) }))]))
        case .scalar: return Mapping(entries([("type", list(["string", "number", "boolean"]))]))
        case .any: return Mapping()
        }
    }

    private static func object(_ keys: [Schema.Key]) -> Mapping {
        var properties: [Mapping.Entry] = []
        for key in keys {
            properties += entries([(key.name, node(property(key)))])
            for (name, message) in key.deprecated.sorted(by: { $0.key < $1.key }) {
                let old = Mapping(
                    property(key).entries + entries([("deprecated", plain("true")), ("$comment", text(message))])
                )
                properties += entries([(name, node(old))])
            }
        }
        var result = entries([
            ("type", text("object")), ("properties", mapping(properties)), ("additionalProperties", plain("false")),
        ])
        let required = keys.filter { $0.isRequired && $0.deprecated.isEmpty }.map(\.name)
        if !required.isEmpty { result += entries([("required", list(required))]) }
        return Mapping(result)
    }

    private static func property(_ key: Schema.Key) -> Mapping {
        if let unsupported = key.unsupported {
            return Mapping(entries([("description", text("\(key.summary) \(unsupported)")), ("not", mapping([]))]))
        }
        let schema = describe(key.schema)
        var result = entries([("description", text(key.summary))])
        if let value = key.defaultNode { result += entries([("default", value)]) }
        guard !key.isRequired, !schema.entries.isEmpty else { return Mapping(result + schema.entries) }
        let null = node(Mapping(entries([("type", text("null"))])))
        return Mapping(result + entries([("anyOf", sequence([node(schema), null]))]))
    }

    // MARK: Nodes

    /// A pattern for the whole text. Character properties are left out: not every validator knows them.
    private static func anchored(_ pattern: String) -> [Mapping.Entry] {
        pattern.contains("\\p{") ? [] : entries([("pattern", text("^(?:\(pattern))$"))])
    }

    private static func entries(_ pairs: [(String, Node)]) -> [Mapping.Entry] {
        pairs.map { Mapping.Entry(key: $0, keyMark: mark, value: $1) }
    }

    private static func node(_ mapping: Mapping) -> Node { Node(.mapping(mapping), at: mark) }
    private static func mapping(_ entries: [Mapping.Entry]) -> Node { node(Mapping(entries)) }
    private static func sequence(_ nodes: [Node]) -> Node { Node(.sequence(nodes), at: mark) }
    private static func list(_ words: [String]) -> Node { sequence(words.map(text)) }
    private static func plain(_ text: String) -> Node { Node(.scalar(Scalar(text)), at: mark) }
    private static func text(_ text: String) -> Node { Node(.scalar(Scalar(text, style: .quoted)), at: mark) }
}
