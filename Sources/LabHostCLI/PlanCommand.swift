import ArgumentParser
import LabHost
import PluginAPI

/// `labhost plan`: what would happen.
struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Show what a run would build, measure and take. Creates nothing, and asks nobody unless --online.",
        discussion: "Example: labhost plan plans/broker-sizing.yaml"
    )

    @OptionGroup var options: PlanOptions
    @Flag(help: "Ask the provisioner, which asks the cloud: is everything there, and what exactly would be created?")
    var online = false
    @Flag(help: "List every cell.") var all = false

    func run() async throws {
        let preview = try await ExperimentMaker(options: options).preview(online: online)
        if options.json {
            print(String(decoding: try JSONCoding.encode(preview, pretty: true), as: UTF8.self), terminator: "")
        } else {
            print(preview.text(mostCells: all ? .max : 40), terminator: "")
        }
    }
}
