import ArgumentParser
import LabHost
import TabularReporter

/// `labhost schema`: the plan format, for editors and other programs.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema (draft 2020-12) of plans, for editors, or of results.json, for programs.",
        discussion: "Example: labhost schema > plan.schema.json"
    )

    enum Format: String, ExpressibleByArgument, CaseIterable { case json, markdown }

    @Option(help: "json, or markdown for the reference page.") var format = Format.json

    @Flag(help: "The schema of results.json in place of that of plans.") var results = false

    func validate() throws {
        if results, format != .json { throw ValidationError("--results has no other format than json") }
    }

    func run() {
        switch format {
        case .json where results: print(ResultsSchema.json, terminator: "")
        case .json: print(SchemaDocument.json, terminator: "")
        case .markdown: print(SchemaPage.markdown, terminator: "")
        }
    }
}
