import ArgumentParser
import LabHost
import PluginAPI
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `labhost logs`: an experiment's log, also while another process writes it.
struct LogsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs",
        abstract: "Print an experiment's log, and with --follow what is added to it.",
        discussion: "Example: labhost logs latest --follow"
    )

    @Argument(help: "An experiment's id, a unique prefix of one, or latest.", completion: .experiments) var experiment:
        String
    @Flag(name: .shortAndLong, help: "Go on until nobody works on the experiment any more.") var follow = false

    func run() async throws {
        let directory = try ExperimentStore(environment: Environment.all).find(experiment)
        let tail: LogTail
        do { tail = try LogTail(directory.log) } catch let error as Errno {
            throw LabError(
                .failed,
                "the log of \(directory.id) cannot be read",
                cause: error.description,
                hint: "labhost show \(directory.id)"
            )
        }
        var isLast = !follow
        var quiet = 0
        while true {
            quiet += 1
            while let text = try tail.next() {
                Terminal.write(text, to: STDOUT_FILENO)
                quiet = 0
            }
            if isLast { return }
            try await Task.sleep(for: .milliseconds(300))
            // Asking takes the lock for a moment, so that it is not asked while the log grows. What was written last may have
            // come since: it is read once more.
            if quiet % 10 == 5 { isLast = !directory.isBeingWorkedOn }
        }
    }
}

/// A file that grows, read from its beginning in pieces of whole lines.
private final class LogTail {
    private let file: FileDescriptor
    private var rest: [UInt8] = []

    init(_ path: FilePath) throws { file = try FileDescriptor.open(path, .readOnly) }

    deinit { try? file.close() }

    /// What has come since, up to its last line end; nil when no line has.
    func next() throws -> String? {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = try buffer.withUnsafeMutableBytes { try file.read(into: $0) }
        rest += buffer[..<count]
        guard let end = rest.lastIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { rest.removeSubrange(...end) }
        return String(decoding: rest[...end], as: UTF8.self)
    }
}
