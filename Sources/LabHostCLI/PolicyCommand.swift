import AWS
import ArgumentParser
import LabHost
import PluginAPI

/// `labhost policy`: what a plan's plugins must be allowed to do.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Print the least-privilege IAM policy that a plan needs.",
        discussion: """
            Creating is allowed with LabHost's Project tag in the request, changing and deleting with it on the resource. \
            Roles are held to names that begin with exp-, or with --experiment-id.

            Example: labhost policy plans/poc.yaml
            """
    )

    @OptionGroup var options: PlanOptions

    func run() throws {
        let policy = try ExperimentMaker(options: options).policy()
        print(String(decoding: try JSONCoding.encode(policy, pretty: true), as: UTF8.self), terminator: "")
    }
}
