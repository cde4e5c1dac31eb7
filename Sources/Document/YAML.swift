/// YAML 1.2 as a tree with source positions, and the other way for single scalars.
///
/// Only what a configuration file needs is accepted: one document, text keys, no duplicate keys, the core schema's
/// tags. Aliases stand for the value at their anchor and keep its position; how much they may unfold to is limited.
public enum YAML {
    /// Reads one document. It keeps no state and may be called from any thread.
    ///
    /// - Parameters:
    ///   - bytes: The document in UTF-8.
    ///   - file: The name to use in positions.
    ///   - limits: How much the document may ask of us.
    /// - Returns: The root.
    /// - Throws: ``DocumentError`` at the first fault of the text. Faults of meaning are for the schema to find, all at
    ///   once.
    public static func parse(
        _ bytes: [UInt8],
        file: String,
        limits: DocumentLimits = .plan
    ) throws(DocumentError) -> Node {
        let text = try UTF8Text.check(bytes, file: file, limits: limits)
        return try unsafe text.withUnsafeBufferPointer { (input) throws(DocumentError) -> Node in
            var events = try unsafe YAMLEvents(input: input, file: file)
            var builder = YAMLTreeBuilder(file: file, limits: limits)
            while true {
                let (event, mark) = try events.next()
                if let root = try builder.take(event, at: mark) { return root }
            }
        }
    }

    /// Reads a file that is in memory.
    public static func parse(_ file: SourceFile, limits: DocumentLimits = .plan) throws(DocumentError) -> Node {
        try parse(file.bytes, file: file.name, limits: limits)
    }

    /// A scalar in double quotes that every YAML and JSON reader takes for exactly this text.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            // Control characters, YAML's own line breaks, the byte order mark and what YAML calls unprintable.
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A node as YAML on one line, which reads back as the same values; positions are lost.
    public static func flow(_ node: Node) -> String {
        switch node.content {
        case .scalar(let scalar):
            // Plain text that is not a string is a number, a boolean or null: it needs no quotes anywhere.
            switch scalar.resolved {
            case .null: "null"
            case .bool, .int, .float: scalar.text
            case .string: quoted(scalar.text)
            }
        case .sequence(let elements): "[" + elements.map(flow).joined(separator: ", ") + "]"
        case .mapping(let mapping):
            "{" + mapping.entries.map { "\(quoted($0.key)): \(flow($0.value))" }.joined(separator: ", ") + "}"
        }
    }
}
