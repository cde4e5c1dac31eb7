/// `docs/cli-reference.md`, made from the commands.
enum CommandPage {
    /// The page.
    static func markdown(of root: CommandOutline) -> String {
        var blocks = [
            "# The commands",
            "Made from the commands by `labhost reference`. Every command also has `--help`, and `labhost` has `--version`.",
        ]
        for command in root.all {
            blocks.append("## `\(command.call)`")
            if let abstract = command.abstract { blocks.append(escaped(abstract)) }
            blocks.append("    \(command.synopsis)")
            let rows = command.visible.filter {
                $0.preferredName?.name != "help" && $0.preferredName?.name != "version"
            }
            if !rows.isEmpty {
                let lines = rows.map { "| `\($0.text)` | \(escaped($0.explanation)) |" }
                blocks.append((["| argument | what it is |", "| --- | --- |"] + lines).joined(separator: "\n"))
            }
            if let discussion = command.discussion { blocks.append(prose(discussion)) }
        }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    /// Paragraphs, of which the examples are code.
    private static func prose(_ text: String) -> String {
        text.split(separator: "\n\n").map { paragraph in
            let lines = paragraph.split(separator: "\n", omittingEmptySubsequences: false)
            guard let first = lines.first, first.hasPrefix("Example: ") else {
                return escaped(lines.joined(separator: "\n"))
            }
            return (["    \(first.dropFirst("Example: ".count))"] + lines.dropFirst().map { "    \($0)" })
                .joined(separator: "\n")
        }.joined(separator: "\n\n")
    }

    /// Text that Markdown would take for markup.
    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("|", with: "\\|").replacing("<", with: "\\<")
            .replacing("*", with: "\\*").replacing("_", with: "\\_")
    }
}
