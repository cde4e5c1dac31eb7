import PluginAPI
import SystemPackage

/// Keeps a log on disk, of bounded size: its head, and its tail when it was long.
///
/// A benchmark whose sends fail writes a stack trace for each: 1.3 GB in four minutes have been seen. How it began and
/// how it ended is what anybody reads.
struct LogKeeper {
    private let path: FilePath
    private var file: FileDescriptor?
    private let half: Int
    private var headSize = 0
    private var tail: [UInt8] = []
    private var omitted = 0

    /// Keeps a log, which takes the place of an earlier one as soon as there is something to keep: of a client that is
    /// gone, what was kept before is all there is.
    init(_ path: FilePath, limit: Int = 16 << 20) {
        self.path = path
        half = limit / 2
    }

    private mutating func opened() throws -> FileDescriptor {
        if let file { return file }
        do {
            let new = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate],
                permissions: [.ownerReadWrite]
            )
            file = new
            return new
        } catch {
            throw LabError(error, while: "writing \(path)")
        }
    }

    /// Adds to the log.
    mutating func append(_ text: String) throws {
        guard !text.isEmpty else { return }
        let file = try opened()
        var bytes = Array(text.utf8)[...]
        if headSize < half {
            let head = bytes.prefix(half - headSize)
            _ = try file.writeAll(head)
            headSize += head.count
            bytes = bytes.dropFirst(head.count)
        }
        tail += bytes
        // Trimmed by halves, so that each byte is moved once.
        if tail.count > half * 2 { trim() }
    }

    /// Notes that some of the log was not fetched at all.
    mutating func skip(_ count: Int) throws { try append("\n[labhost: \(count.grouped) bytes were left out here]\n") }

    /// Writes the tail and closes the file.
    mutating func finish() throws {
        guard let file else { return }
        self.file = nil
        if tail.count > half { trim() }
        try file.closeAfter {
            if omitted > 0 {
                _ = try file.writeAll("\n[labhost: \(omitted.grouped) bytes were left out here]\n".utf8)
            }
            _ = try file.writeAll(tail)
        }
    }

    private mutating func trim() {
        omitted += tail.count - half
        tail.removeFirst(tail.count - half)
    }
}
