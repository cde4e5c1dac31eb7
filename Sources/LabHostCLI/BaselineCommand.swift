import ArgumentParser
import LabHost
import PluginAPI

/// `labhost baseline`: names for experiments that others are compared with.
struct BaselineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "baseline",
        abstract: "Give experiments names that others are compared with.",
        discussion: "Example: labhost baseline set main latest",
        subcommands: [SetCommand.self, ListCommand.self, RemoveCommand.self]
    )

    /// `labhost baseline set`.
    struct SetCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Give an experiment a name, in the place of what had it before.",
            discussion: "Example: labhost baseline set main latest"
        )
        @Argument(help: "The name.") var name: String
        @Argument(help: "An experiment's id, a unique prefix of one, latest, or a baseline.", completion: .experiments)
        var experiment: String

        func run() throws {
            let store = try ExperimentStore(environment: Environment.all)
            let id = try store.find(experiment).id
            try Baselines(store).set(name, to: id)
            print("\(name) is \(id)")
        }
    }

    /// `labhost baseline list`.
    struct ListCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the names.",
            discussion: "Example: labhost baseline list"
        )
        @Flag(help: "Print JSON, one object a line.") var json = false

        func run() throws {
            let all = Baselines(try ExperimentStore(environment: Environment.all)).all
            if json {
                for (name, experiment) in all {
                    let entry = ["name": name, "experiment": experiment.rawValue]
                    print(String(decoding: try JSONCoding.encode(entry), as: UTF8.self), terminator: "")
                }
            } else if all.isEmpty {
                print("no baselines yet; labhost baseline set NAME EXPERIMENT makes one")
            } else {
                print(
                    Columns.render(["BASELINE", "EXPERIMENT"], all.map { [$0.name, $0.experiment.rawValue] }),
                    terminator: ""
                )
            }
        }
    }

    /// `labhost baseline remove`.
    struct RemoveCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Forget a name; the experiment stays.",
            discussion: "Example: labhost baseline remove main"
        )
        @Argument(help: "The name.") var name: String

        func run() throws { try Baselines(ExperimentStore(environment: Environment.all)).remove(name) }
    }
}
