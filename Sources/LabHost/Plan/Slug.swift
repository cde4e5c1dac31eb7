/// Names as they appear in ids, tags and directories.
enum Slug {
    /// What a person may write as a name. It begins with a letter or digit, so that the slug is never empty.
    static let pattern = "[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}"
    /// The pattern in words.
    static let what = "1 to 40 letters, digits, spaces, '.', '_' and '-', beginning with a letter or digit"

    /// The name in `[a-z0-9-]`: lower case, everything else turned into single hyphens, none at the ends.
    static func make(_ name: String) -> String {
        name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.joined(separator: "-")
    }
}
