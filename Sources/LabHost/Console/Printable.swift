/// Text from outside, made safe for a terminal and for one line.
public enum Printable {
    /// The text with control characters shown as escapes.
    public static func line(_ text: String) -> String {
        guard !text.utf8.allSatisfy({ 0x20 <= $0 && $0 < 0x7f }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default:
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
                    result += "\\u{\(String(scalar.value, radix: 16))}"
                default: result.unicodeScalars.append(scalar)
                }
            }
        }
        return result
    }

    /// The text in double quotes, cut after 80 characters.
    public static func quoted(_ text: String) -> String {
        let safe = line(String(text.prefix(80)))
        return "\"\(safe)\(text.count > 80 ? "…" : "")\""
    }
}
