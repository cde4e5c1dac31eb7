import ArgumentParser
import LabHost

/// `labhost schema`: the plan format, for editors and other programs.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema (draft 2020-12) of plans, for editors.",
        discussion: "Example: labhost schema > plan.schema.json"
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case json, markdown }

    @Option(help: "json, or markdown for the reference page.") var format = Format.json

    func run() {
        switch format {
        case .json: print(SchemaDocument.json, terminator: "")
        case .markdown: print(SchemaPage.markdown, terminator: "")
        }
    }
}
