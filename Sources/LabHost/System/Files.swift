import PluginAPI
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Files and directories of an experiment: private to the user, and never half written.
package enum Files {
    /// Makes a directory (0700) and those above it; one that is there already is left as it is.
    package static func makeDirectory(_ path: FilePath) throws {
        var parent = path
        parent.removeLastComponent()
        if !exists(path), parent != path, !parent.isEmpty { try makeDirectory(parent) }
        guard mkdir(path.string, 0o700) == 0 || errno == EEXIST else {
            throw failure("cannot make the directory \(path)")
        }
    }

    /// Whether there is something at the path.
    package static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

    /// Writes a file (0600) so that a reader sees the old content or the new, also after a power cut.
    package static func write(_ content: some Sequence<UInt8>, to path: FilePath) throws {
        let temporary = FilePath(path.string + ".tmp-\(getpid())")
        let descriptor = try attempt("write \(path)") {
            try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .truncate],
                permissions: [.ownerReadWrite]
            )
        }
        do {
            try attempt("write \(path)") {
                try descriptor.closeAfter {
                    _ = try descriptor.writeAll(content)
                    guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
                }
            }
            guard rename(temporary.string, path.string) == 0 else { throw failure("cannot write \(path)") }
        } catch {
            unlink(temporary.string)
            throw error
        }
    }

    /// Reads a whole file.
    package static func read(_ path: FilePath) throws -> [UInt8] {
        try attempt("read \(path)") {
            let descriptor = try FileDescriptor.open(path, .readOnly)
            return try descriptor.closeAfter {
                var content: [UInt8] = []
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                while true {
                    let count = try buffer.withUnsafeMutableBytes { try descriptor.read(into: $0) }
                    if count == 0 { return content }
                    content.append(contentsOf: buffer[..<count])
                }
            }
        }
    }

    /// The names in a directory, sorted; none when there is no such directory.
    package static func names(in path: FilePath) -> [String] {
        guard let directory = opendir(path.string) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Points a symbolic link at a target, replacing what it pointed at.
    package static func link(_ path: FilePath, to target: String) throws {
        let temporary = path.string + ".tmp-\(getpid())"
        unlink(temporary)
        guard symlink(target, temporary) == 0, rename(temporary, path.string) == 0 else {
            throw failure("cannot point \(path) at \(target)")
        }
    }

    /// Where a symbolic link points; nil when it is none.
    package static func target(of path: FilePath) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return readlink(path.string, base.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    private static func attempt<Result>(_ doing: String, _ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as Errno {
            throw LabError(.failed, "cannot \(doing)", cause: error.description)
        }
    }

    private static func failure(_ message: String) -> LabError {
        LabError(.failed, message, cause: Errno(rawValue: errno).description)
    }
}
