import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes down every command that would have been sent: one JSON object a line, in `commands.jsonl`.
///
/// Of variables the names are kept, and of files the size: the rest may be secret.
struct CommandRecord: Sendable {
    private let path: FilePath
    private let clock: LabClock

    /// One command.
    struct Entry: Encodable {
        /// `run`, `upload`, `download`, `start` or `stop`.
        var kind: String
        var hosts: [String]
        var script: String?
        var variables: [String]?
        var path: String?
        var size: Int?
        var job: String?

        init(
            _ kind: String,
            on hosts: [Host],
            script: String? = nil,
            variables: [String]? = nil,
            path: String? = nil,
            content: [UInt8]? = nil,
            job: String? = nil
        ) {
            self.kind = kind
            self.hosts = hosts.map(\.name)
            self.script = script
            self.variables = variables
            self.path = path
            size = content?.count
            self.job = job
        }
    }

    /// Writes to a plugin's directory.
    init(_ context: PluginContext) {
        path = context.directory.appending("commands.jsonl")
        clock = context.clock
    }

    /// Adds a command.
    ///
    /// - Throws: ``LabError`` when it cannot be written.
    func add(_ entry: Entry) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let line = try encoder.encode(entry) + [UInt8(ascii: "\n")]
            let options: FileDescriptor.OpenOptions = [.create, .append]
            let file = try FileDescriptor.open(path, .writeOnly, options: options, permissions: [.ownerReadWrite])
            try file.closeAfter { _ = try file.writeAll(line) }
        } catch { throw LabError(error, while: "writing \(path)") }
    }
}
