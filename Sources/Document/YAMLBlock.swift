extension YAML {
    /// A node as YAML with a line for each value, which reads back as the same values; positions are lost.
    public static func block(_ node: Node) -> String {
        var text = ""
        write(node, indent: 0, into: &text)
        return text
    }

    private static func write(_ node: Node, indent: Int, into text: inout String) {
        let blanks = String(repeating: " ", count: indent)
        switch node.content {
        case .mapping(let mapping) where !mapping.entries.isEmpty:
            for entry in mapping.entries {
                write(entry.value, after: "\(blanks)\(key(entry.key)):", indent, into: &text)
            }
        case .sequence(let elements) where !elements.isEmpty:
            for element in elements { write(element, after: "\(blanks)-", indent, into: &text) }
        default: text += "\(blanks)\(flow(node))\n"
        }
    }

    private static func write(_ node: Node, after start: String, _ indent: Int, into text: inout String) {
        if isFlat(node) {
            text += "\(start) \(flow(node))\n"
        } else {
            text += "\(start)\n"
            write(node, indent: indent + 2, into: &text)
        }
    }

    /// Whether a value fits on its key's line: a scalar, nothing, or a short list of scalars.
    private static func isFlat(_ node: Node) -> Bool {
        switch node.content {
        case .scalar: true
        case .sequence(let elements): elements.allSatisfy { $0.scalar != nil } && flow(node).count <= 80
        case .mapping(let mapping): mapping.entries.isEmpty
        }
    }

    /// A key without quotes where nobody can take it for anything else.
    private static func key(_ key: String) -> String {
        let isPlain =
            key.first.map { $0.isASCII && $0.isLetter } ?? false
            && key.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "-") }
        guard isPlain, case .string = Scalar(key).resolved else { return quoted(key) }
        return key
    }
}
