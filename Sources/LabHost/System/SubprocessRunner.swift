public import PluginAPI
import Subprocess
import SystemPackage

/// Child processes through swift-subprocess: each in a session of its own, so that a Ctrl-C meant for LabHost does
/// not reach terraform before LabHost has decided what to do.
public struct SubprocessRunner: ProcessRunner {
    /// Makes a runner.
    public init() {}

    /// Runs a child process to its end; see ``ProcessRunner``.
    public func run(
        _ invocation: ProcessInvocation,
        onLine: @escaping @Sendable (String) async throws -> Void
    ) async throws -> ProcessResult {
        var options = PlatformOptions()
        options.createSession = true
        // terraform writes its state on an interrupt; killed, it leaves a lock and loses what it made.
        options.teardownSequence = [
            .send(signal: .interrupt, toProcessGroup: true, allowedDurationToNextStep: invocation.gracePeriod)
        ]
        var changes: [Environment.Key: String?] = [:]
        for (name, value) in invocation.environment {
            if let key = Environment.Key(rawValue: name) { changes[key] = value }
        }
        let executable: Executable =
            invocation.executable.contains("/")
            ? .path(FilePath(invocation.executable)) : .name(invocation.executable)
        do {
            let outcome = try await Subprocess.run(
                executable,
                arguments: Arguments(invocation.arguments),
                environment: .inherit.updating(changes),
                workingDirectory: invocation.workingDirectory,
                platformOptions: options,
                input: .none,
                output: .sequence,
                error: .sequence
            ) { execution in
                async let errors = Self.tail(of: execution.standardError)
                for try await line in execution.standardOutput.strings() {
                    try await onLine(line.hasSuffix("\n") ? String(line.dropLast()) : line)
                }
                return try await errors
            }
            try Task.checkCancellation()
            return ProcessResult(status: outcome.terminationStatus.shellStatus, standardError: outcome.closureResult)
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw LabError(
                .preflight,
                "\(invocation.executable) is not installed",
                cause: "there is no such program in PATH",
                hint: "install \(invocation.executable), or add its directory to PATH"
            )
        }
    }

    private static func tail(of stream: SubprocessOutputSequence) async throws -> String {
        var kept = ""
        for try await line in stream.strings() {
            kept += line
            if kept.utf8.count > 1 << 17 { kept = String(kept.suffix(1 << 16)) }
        }
        return String(kept.suffix(1 << 16))
    }
}

extension TerminationStatus {
    /// The status as a shell shows it.
    fileprivate var shellStatus: Int32 {
        switch self {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
    }
}
