import LocalExecutor
import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Starts and stops Pulsar's processes, as jobs of the local executor: found again by their number and their start, in process
/// groups of their own, and ended by themselves when the experiment expires.
struct LocalProcesses: Sendable {
    let context: PluginContext
    let home: String
    private let executor: LocalExecutor

    init(_ context: PluginContext, home: String) {
        self.context = context
        self.home = home
        executor = LocalExecutor(options: NoOptions(), context: context)
    }

    /// Starts one process, unless it was started before.
    func start(_ process: LocalLayout.Process, until expiry: Date) async throws {
        let configuration = context.directory.appending("conf").appending(process.name + ".conf")
        try LocalFile.makeDirectory(configuration.removingLastComponent())
        let shipped = FilePath(home).appending("conf").appending(process.shipped)
        guard let content = try LocalFile.read(shipped) else {
            throw LabError(
                .provisioning,
                "Pulsar's \(shipped) is missing",
                hint: "set PULSAR_HOME to a whole installation"
            )
        }
        // In a properties file, the last of several values holds.
        let own = process.configuration.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined()
        try LocalFile.write(content + Array("\n\(own)".utf8), to: configuration)
        let timeout = Duration.seconds(max(60, expiry.timeIntervalSince(context.clock.now())))
        let job = Job(
            name: process.name,
            script: script(process, configuration),
            workingDirectory: context.directory.appending("work").appending(process.name).string,
            timeout: timeout
        )
        try await executor.start(job, on: Self.host(process.name))
    }

    private func script(_ process: LocalLayout.Process, _ configuration: FilePath) -> String {
        func command(_ arguments: [String]) -> String {
            ([home + "/bin/pulsar"] + arguments).map(Shell.quoted).joined(separator: " ")
        }
        let once = context.directory.appending("work").appending("\(process.name).initialised").string
        let before =
            process.before.isEmpty
            ? "" : "[ -e \(Shell.quoted(once)) ] || { \(command(process.before)); touch \(Shell.quoted(once)); }\n"
        let directories = process.directories.map(Shell.quoted).joined(separator: " ")
        return """
            export \(process.variable)=\(Shell.quoted(configuration.string))
            export PULSAR_LOG_DIR=\(Shell.quoted(context.directory.appending("log").string))
            mkdir -p "$PULSAR_LOG_DIR" \(directories)
            \(before)exec \(command(process.arguments))
            """
    }

    /// Whether a process runs, and how it ended when it does not.
    func state(of name: String) async throws -> HostState {
        let status = try await executor.status(of: name, on: Self.host(name), logFrom: 0, files: [], patience: .zero)
        switch status.state {
        case .running: return .running
        case .unknown: return .gone("it was not started by this experiment")
        case .exited(let code):
            let tail = status.log.split(separator: "\n").suffix(3).joined(separator: " / ")
            return .gone("it ended with status \(code): \(tail)")
        }
    }

    /// Stops a process with everything that it started.
    func stop(_ name: String) async throws { try await executor.stop(name, on: Self.host(name)) }

    /// A host of this machine.
    static func host(_ name: String, component: String = "") -> Host {
        Host(
            name: name,
            component: component,
            instanceID: "local/\(name)",
            privateAddress: "127.0.0.1",
            instanceType: "local"
        )
    }
}
