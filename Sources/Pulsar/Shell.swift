import PluginAPI

extension Shell {
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
