import PluginAPI

/// A verdict as a word with a mark and a colour, of which the word is enough.
enum Badge {
    static func html(_ verdict: Verdict?) -> HTML {
        switch verdict {
        case .valid: "<span class=\"badge valid\"><i aria-hidden=\"true\">✓</i> valid</span>"
        case .suspect: "<span class=\"badge suspect\"><i aria-hidden=\"true\">!</i> suspect</span>"
        case .invalid: "<span class=\"badge invalid\"><i aria-hidden=\"true\">✕</i> invalid</span>"
        case nil: "<span class=\"badge open\"><i aria-hidden=\"true\">–</i> no outcome</span>"
        }
    }
}
