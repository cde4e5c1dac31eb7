/// `labhost(1)`, in the `man` macros of roff.
enum ManualPage {
    /// The page.
    static func roff(of root: CommandOutline, build: BuildFacts) -> String {
        var lines = [
            ".TH LABHOST 1 \(quoted(build.date ?? "")) \(quoted("labhost \(build.version)")) \(quoted("LabHost"))",
            ".SH NAME", "labhost \\- \(text(root.abstract ?? ""))",
            ".SH SYNOPSIS", ".B labhost", "<subcommand> ...",
        ]
        if let discussion = root.discussion { lines += [".SH DESCRIPTION"] + paragraphs(discussion) }
        lines.append(".SH COMMANDS")
        for command in root.all.dropFirst() {
            lines += [
                ".SS \(quoted(command.call))", text(command.abstract ?? ""), ".PP", ".nf", text(command.synopsis),
                ".fi",
            ]
            for argument in command.visible where argument.preferredName?.name != "help" {
                lines += [".TP", ".B \(quoted(argument.text))", text(argument.explanation)]
            }
            if let discussion = command.discussion { lines += paragraphs(discussion) }
        }
        lines += [
            ".SH FILES", ".TP", ".I ~/.labhost",
            "Experiments and their history, unless LABHOST_HOME names another place.",
            ".SH ENVIRONMENT", ".TP", ".B LABHOST_HOME", "Where experiments are kept.", ".TP",
            ".B AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL, ...", "As for the AWS command line.",
        ]
        return lines.map { $0 + "\n" }.joined()
    }

    private static func paragraphs(_ prose: String) -> [String] {
        prose.split(separator: "\n\n").flatMap { [".PP"] + $0.split(separator: "\n").map { text(String($0)) } }
    }

    /// A line of text: nothing in it is a request or an escape.
    private static func text(_ line: String) -> String {
        let escaped = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&\(escaped)" : escaped
    }

    /// One argument of a macro.
    private static func quoted(_ argument: String) -> String {
        "\"\(argument.replacing("\\", with: "\\e").replacing("-", with: "\\-").replacing("\"", with: "\\(dq"))\""
    }
}
