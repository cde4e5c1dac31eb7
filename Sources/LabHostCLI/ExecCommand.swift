import ArgumentParser
import Document
import LabHost
import PluginAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `labhost exec`: a command on an experiment's hosts.
struct ExecCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Run a command on an experiment's hosts, as root, and show what each says.",
        discussion: """
            A single word is a line for the host's shell; several are a program and its arguments.

            Example: labhost exec latest --component broker -- journalctl -u pulsar-broker -n 20
            """
    )

    @Argument(help: "An experiment's id, a unique prefix of one, or latest.", completion: .experiments) var experiment:
        String
    @Option(help: "Only the hosts of this component, or the one host of this name.") var component: String?
    @Option(
        help: ArgumentHelp("How long the command may run on each host.", valueName: "30s, 5m"),
        transform: { text in
            guard let duration = DurationText.parse(text), duration > .zero else {
                throw ValidationError("--timeout takes a length of time such as 30s or 5m")
            }
            return duration
        }
    )
    var timeout: Duration = .seconds(60)
    @Argument(parsing: .postTerminator, help: "The command.") var command: [String]

    func validate() throws {
        if command.isEmpty { throw ValidationError("no command: write it after --") }
    }

    func run() async throws {
        let access = try HostAccess(
            ExperimentStore(environment: Environment.all).find(experiment),
            catalog: LabHostTool.currentCatalog(),
            seams: Seams.standard(environment: Environment.all)
        )
        let hosts = try access.hosts(named: component)
        let isAlone = hosts.count == 1
        let outcomes = try await access.run(command, on: hosts, timeout: timeout) { outcome in
            Self.show(outcome, prefixed: !isAlone)
        }
        let failed = outcomes.filter { !$0.succeeded }
        guard let first = failed.first else { return }
        // Alone, a host's own status is the answer.
        if isAlone, case .exited(let status) = first.ending { throw ExitCode(Int32(clamping: status)) }
        throw LabError(
            .failed,
            "the command failed on \(failed.count) of \(hosts.count) hosts",
            cause: failed.map { "\($0.host): \(Printable.line($0.failure ?? ""))" }.joined(separator: "\n")
        )
    }

    private static func show(_ outcome: ScriptOutcome, prefixed: Bool) {
        let start = prefixed ? "\(outcome.host)  " : ""
        func lines(_ text: String) -> String {
            text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0)
                .map { "\(start)\($0)\n" }.joined()
        }
        if !outcome.output.isEmpty { Terminal.write(lines(outcome.output), to: STDOUT_FILENO) }
        if !outcome.errors.isEmpty { Terminal.write(lines(outcome.errors), to: STDERR_FILENO) }
    }
}

/// `labhost shell`: how to get a shell on a host.
struct ShellCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell",
        abstract: "Print the command that opens a shell on one of an experiment's hosts.",
        discussion: "Example: $(labhost shell latest client-1)"
    )

    @Argument(help: "An experiment's id, a unique prefix of one, or latest.", completion: .experiments) var experiment:
        String
    @Argument(help: "A host's name, or a component, whose first host is meant.") var host: String

    func run() throws {
        let directory = try ExperimentStore(environment: Environment.all).find(experiment)
        let (experiment, _) = try directory.frozen()
        let access = try HostAccess(
            directory,
            catalog: LabHostTool.currentCatalog(),
            seams: Seams.standard(environment: Environment.all)
        )
        guard let host = try access.hosts(named: host).first else { return }
        guard experiment.executor.id == "ssm" else {
            throw LabError(.usage, "\(experiment.id) has no hosts that one could open a shell on")
        }
        var words = ["aws", "ssm", "start-session", "--target", host.instanceID]
        if let region = experiment.cloud.region { words += ["--region", region] }
        if let profile = experiment.cloud.profile { words += ["--profile", profile] }
        print(
            words.map { $0.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } ? $0 : Shell.quoted($0) }.joined(
                separator: " "
            )
        )
    }
}
