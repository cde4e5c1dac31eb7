extension JSON {
    /// A node as JSON with a line for each value, ending in a newline.
    public static func text(_ node: Node) -> String {
        var text = ""
        write(node, indent: 0, into: &text)
        return text + "\n"
    }

    private static func write(_ node: Node, indent: Int, into text: inout String) {
        let blanks = String(repeating: " ", count: indent + 2)
        let end = String(repeating: " ", count: indent)
        switch node.content {
        case .mapping(let mapping) where !mapping.entries.isEmpty:
            text += "{\n"
            for (index, entry) in mapping.entries.enumerated() {
                text += "\(blanks)\(YAML.quoted(entry.key)): "
                write(entry.value, indent: indent + 2, into: &text)
                text += index + 1 < mapping.entries.count ? ",\n" : "\n"
            }
            text += "\(end)}"
        case .sequence(let elements) where elements.contains { $0.scalar == nil }:
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += blanks
                write(element, indent: indent + 2, into: &text)
                text += index + 1 < elements.count ? ",\n" : "\n"
            }
            text += "\(end)]"
        default: text += YAML.flow(node)
        }
    }
}
