public import PluginAPI
import Subprocess
public import SystemPackage

/// Child processes through swift-subprocess: each in a session of its own, so that a Ctrl-C meant for LabHost does
/// not reach terraform before LabHost has decided what to do.
///
/// A cancelled process is asked to end, and read to its end all the same. terraform writes its state on an interrupt, and
/// says what it finished making; with nobody left to read its output it dies of that, with half of it lost.
public struct SubprocessRunner: ProcessRunner {
    private let clock: LabClock
    /// A process whose host is gone ends when it next prints something, which terraform does every ten seconds.
    private static let patience = Duration.seconds(120)

    /// Makes a runner.
    ///
    /// - Parameter clock: The time, for how long a held file is waited for.
    public init(clock: LabClock = .system) { self.clock = clock }

    /// Waits until no process holds a file; see ``ProcessRunner``.
    public func waitForHolder(of file: FilePath) async throws { _ = try await take(file) }

    private func take(_ file: FilePath) async throws -> FileLock {
        if let lock = try await FileLock.take(file, within: Self.patience, clock: clock) { return lock }
        throw LabError(
            .failed,
            "a process that an earlier labhost started still runs in \(file.removingLastComponent())",
            cause: "it has held \(file) for \(Self.patience.components.seconds) s",
            hint: "wait for it, or end it, and do this again"
        )
    }

    /// Runs a child process to its end; see ``ProcessRunner``.
    public func run(
        _ invocation: ProcessInvocation,
        onLine: @escaping @Sendable (String) async throws -> Void
    ) async throws -> ProcessResult {
        try Task.checkCancellation()
        let lock: FileLock? = if let file = invocation.holding { try await take(file) } else { nil }
        let stop = StopRequest(gracePeriod: invocation.gracePeriod)
        // Unstructured, because cancelling must not reach it: it ends when the process does.
        let process = Task { try await Self.follow(invocation, lock, stop, onLine) }
        let result = try await withTaskCancellationHandler {
            try await process.value
        } onCancel: {
            Task { await stop.request() }
        }
        try Task.checkCancellation()
        return result
    }

    private static func follow(
        _ invocation: ProcessInvocation,
        _ lock: FileLock?,
        _ stop: StopRequest,
        _ onLine: @escaping @Sendable (String) async throws -> Void
    ) async throws -> ProcessResult {
        var options = PlatformOptions()
        options.createSession = true
        var changes: [Environment.Key: String?] = [:]
        for (name, value) in invocation.environment {
            if let key = Environment.Key(rawValue: name) { changes[key] = value }
        }
        let executable: Executable =
            invocation.executable.contains("/")
            ? .path(FilePath(invocation.executable)) : .name(invocation.executable)
        let input = try lock?.descriptor ?? FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec)
        defer { if lock == nil { try? input.close() } }
        do {
            let outcome = try await Subprocess.run(
                executable,
                arguments: Arguments(invocation.arguments),
                environment: .inherit.updating(changes),
                workingDirectory: invocation.workingDirectory,
                platformOptions: options,
                input: .fileDescriptor(input, closeAfterSpawningProcess: false),
                output: .sequence,
                error: .sequence
            ) { execution in
                await stop.started(execution.processIdentifier.value)
                async let errors = Self.tail(of: execution.standardError)
                var failure: (any Error)?
                for try await line in execution.standardOutput.strings() where failure == nil {
                    do {
                        try await onLine(line)
                    } catch {
                        failure = error
                        await stop.request()
                    }
                }
                return (failure, try await errors)
            }
            await stop.ended()
            let (failure, errors) = outcome.closureResult
            if let failure { throw failure }
            return ProcessResult(status: outcome.terminationStatus.shellStatus, standardError: errors)
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
            kept += kept.isEmpty ? line : "\n\(line)"
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
