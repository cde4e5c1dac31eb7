/// The one border that values of a plan cross on their way into a shell script.
enum Shell {
    /// A word that the shell reads as exactly this text, whatever is in it.
    static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: #"'\''"#) + "'"
    }

    /// A here-document that the shell hands over as it is: nothing in it is expanded.
    ///
    /// The terminator is lengthened until no line of the text is it.
    static func document(_ text: String) -> String {
        let lines = Set(text.split(separator: "\n", omittingEmptySubsequences: false))
        var end = "END"
        while lines.contains(end[...]) { end += "_" }
        return "<<'\(end)'\n\(text)\(text.hasSuffix("\n") || text.isEmpty ? "" : "\n")\(end)"
    }
}
