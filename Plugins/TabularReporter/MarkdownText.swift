/// Text as it stands in Markdown.
enum MarkdownText {
    /// The text as text: no mark-up, no link, no mention of anybody, on one line.
    ///
    /// A backslash before any ASCII punctuation makes it stand for itself (CommonMark 0.31, 2.4), which also keeps addresses
    /// from becoming links. `<` and `&` are written as entities, for readers that know HTML and no backslashes, and a word
    /// joiner after `@` keeps people from being called.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\r", "\t": result += " "
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "@": result += "@\u{2060}"
            // Within words these are harmless, and names are full of them.
            case "-", ".", ",", "?", " ": result.unicodeScalars.append(scalar)
            case "!"..."/", ":"..."@", "["..."`", "{"..."~":
                result += "\\"
                result.unicodeScalars.append(scalar)
            case _ where scalar.properties.generalCategory == .control: result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        // An address without a scheme becomes a link, too.
        return result.replacing("www.", with: "www\\.")
    }
}
