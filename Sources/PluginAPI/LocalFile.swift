public import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Files in a plugin's own directory: private to the user (0600) and never half written.
public enum LocalFile {
    /// Writes a file so that a reader sees the old content or the new, also after a power cut.
    ///
    /// - Throws: ``LabError`` naming the path.
    public static func write(_ content: some Sequence<UInt8>, to path: FilePath) throws {
        let temporary = FilePath(path.string + ".tmp-\(getpid())")
        do {
            let descriptor = try FileDescriptor.open(
                temporary,
                .writeOnly,
                options: [.create, .truncate],
                permissions: [.ownerReadWrite]
            )
            try descriptor.closeAfter {
                _ = try descriptor.writeAll(content)
                guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
            }
            guard rename(temporary.string, path.string) == 0 else { throw Errno(rawValue: errno) }
        } catch {
            unlink(temporary.string)
            throw LabError(error, while: "writing \(path)")
        }
    }

    /// Makes a directory (0700) and those above it; one that is there already is left as it is.
    ///
    /// - Throws: ``LabError`` naming the path.
    public static func makeDirectory(_ path: FilePath) throws {
        guard access(path.string, F_OK) != 0 else { return }
        let parent = path.removingLastComponent()
        if parent != path, !parent.isEmpty { try makeDirectory(parent) }
        guard mkdir(path.string, 0o700) == 0 || errno == EEXIST else {
            let reason = Errno(rawValue: errno).description
            throw LabError(.failed, "cannot make the directory \(path)", cause: reason)
        }
    }

    /// Puts a file in the place of another, at once.
    ///
    /// - Throws: ``LabError`` naming the target.
    public static func move(_ path: FilePath, to target: FilePath) throws {
        guard rename(path.string, target.string) == 0 else {
            throw LabError(.failed, "cannot write \(target)", cause: Errno(rawValue: errno).description)
        }
    }

    /// Removes a file; one that is not there is success, and one that cannot be removed stays.
    public static func remove(_ path: FilePath) { unlink(path.string) }

    /// Reads a whole file; nil when there is none.
    ///
    /// - Throws: ``LabError`` naming the path.
    public static func read(_ path: FilePath) throws -> [UInt8]? {
        do {
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
        } catch Errno.noSuchFileOrDirectory {
            return nil
        } catch {
            throw LabError(error, while: "reading \(path)")
        }
    }
}
