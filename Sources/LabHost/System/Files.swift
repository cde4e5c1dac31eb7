import PluginAPI
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Files and directories of an experiment: private to the user, and never half written.
package enum Files {
    /// Whether there is something at the path.
    package static func exists(_ path: FilePath) -> Bool { access(path.string, F_OK) == 0 }

    /// How many bytes a file has; nil when there is none.
    package static func size(of path: FilePath) -> Int? {
        var facts = stat()
        return stat(path.string, &facts) == 0 ? Int(facts.st_size) : nil
    }

    /// Makes sure that a path is a file that may be read into memory: neither a device nor a pipe, nor too large.
    ///
    /// - Parameters:
    ///   - path: The path.
    ///   - limit: The most bytes that it may have.
    /// - Returns: When it was last changed.
    /// - Throws: ``LabError`` that says what it is.
    package static func checkReadable(_ path: FilePath, upTo limit: Int) throws -> Date {
        var facts = stat()
        guard stat(path.string, &facts) == 0 else { throw failure("cannot read \(path)") }
        guard facts.st_mode & S_IFMT == S_IFREG else { throw LabError(.failed, "\(path) is no regular file") }
        guard Int(facts.st_size) <= limit else {
            throw LabError(.failed, "\(path) has \(facts.st_size) bytes, and \(limit) is the most")
        }
        #if canImport(Darwin)
        return Date(timeIntervalSince1970: Double(facts.st_mtimespec.tv_sec))
        #else
        return Date(timeIntervalSince1970: Double(facts.st_mtim.tv_sec))
        #endif
    }

    /// Writes a file that is private, and that only a later `sync()` brings to the disk: for many files at once.
    static func writeLazily(_ content: [UInt8], to path: FilePath) throws {
        do {
            let descriptor = try FileDescriptor.open(
                path,
                .writeOnly,
                options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
            _ = try descriptor.closeAfter { try descriptor.writeAll(content) }
        } catch {
            throw LabError(error, while: "writing \(path)")
        }
    }

    /// Reads a whole file.
    package static func read(_ path: FilePath) throws -> [UInt8] {
        guard let content = try LocalFile.read(path) else { throw LabError(.failed, "there is no file \(path)") }
        return content
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

    /// Deletes a directory with all that is in it; links are not followed.
    package static func removeTree(_ path: FilePath) throws {
        for name in names(in: path) {
            let child = path.appending(name)
            if unlink(child.string) != 0 { try removeTree(child) }
        }
        guard rmdir(path.string) == 0 else { throw failure("cannot delete \(path)") }
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

    private static func failure(_ message: String) -> LabError {
        LabError(.failed, message, cause: Errno(rawValue: errno).description)
    }
}
