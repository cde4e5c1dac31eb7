import ArgumentParser
public import LabHost
public import PluginAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The `labhost` command line, with whatever plugins its maker puts in.
///
/// ```swift
/// await LabHostTool.main(adding: [SlackReporter.self])
/// ```
public enum LabHostTool {
    /// The plugins of the command under way. The argument parser makes the commands, so it cannot be handed to them.
    @TaskLocal static var catalog: Catalog?

    /// Runs the command line of this process, with plugins besides LabHost's own, and exits with its code.
    public static func main(adding plugins: [any Plugin.Type]) async {
        await main(catalog: try Catalog.standard + plugins)
    }

    /// Runs the command line of this process and exits with its code.
    public static func main(catalog: @autoclosure () throws -> Catalog = try Catalog.standard) async {
        do {
            let catalog = try catalog()
            try await $catalog.withValue(catalog) {
                var command = try LabHostCommand.parseAsRoot()
                if var command = command as? any AsyncParsableCommand {
                    try await command.run()
                } else {
                    try command.run()
                }
            }
        } catch let faults as PlanFaults {
            Terminal.write(faults.rendered, to: STDERR_FILENO)
            exit(LabError.Code.invalidPlan.exitCode)
        } catch let error as LabError {
            Terminal.write("error: \(error)\n", to: STDERR_FILENO)
            exit(error.code.exitCode)
        } catch {
            LabHostCommand.exit(withError: error)
        }
    }

    /// The catalog of this run.
    static func currentCatalog() throws -> Catalog { try catalog ?? Catalog.standard }
}

/// The root of the command line.
struct LabHostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labhost",
        abstract: "Benchmarks Apache Pulsar clusters that exist only for the experiment.",
        discussion: """
            A plan (one YAML file) says what to build and what to measure. LabHost builds it, measures it, reports, \
            and leaves nothing running.

            Example: labhost run --provisioner dry-run --executor dry-run plans/poc.yaml
            """,
        version: BuildFacts.current.line,
        subcommands: [
            RunCommand.self, PlanCommand.self, ValidateCommand.self, SetupCommand.self, BenchCommand.self,
            ResumeCommand.self, ReportCommand.self, TeardownCommand.self, SweepCommand.self, ImageCommand.self,
            ListCommand.self, ShowCommand.self, HistoryCommand.self, CompareCommand.self, BaselineCommand.self,
            ImportCommand.self, LogsCommand.self, ExecCommand.self, ShellCommand.self, PluginsCommand.self,
            PolicyCommand.self, DoctorCommand.self, CostCommand.self,
            SchemaCommand.self, ReferenceCommand.self,
        ]
    )
}
