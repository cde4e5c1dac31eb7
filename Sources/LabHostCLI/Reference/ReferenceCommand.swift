import ArgumentParser

/// `labhost reference`: the commands, for readers of pages.
struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "Print the reference of all commands, as Markdown or as a manual page.",
        discussion: "Example: labhost reference --format man | man -l -"
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case markdown, man }

    @Option(help: "What to print.") var format = Format.markdown

    func run() throws {
        let outline = try CommandOutline.labhost()
        switch format {
        case .markdown: print(CommandPage.markdown(of: outline), terminator: "")
        case .man: print(ManualPage.roff(of: outline, build: .current), terminator: "")
        }
    }
}
