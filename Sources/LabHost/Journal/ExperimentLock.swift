import PluginAPI
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The right to work on an experiment, held by one process at a time.
///
/// The kernel gives it back when the process ends, however it ends: a stale lock cannot exist.
public final class ExperimentLock: Sendable {
    private let descriptor: FileDescriptor

    /// Takes the lock.
    ///
    /// - Throws: ``LabError`` that names the process that holds it.
    public init(_ directory: ExperimentDirectory) throws {
        let path = directory.path.appending("lock")
        do {
            descriptor = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
        } catch let error as Errno {
            throw LabError(.failed, "cannot open \(path)", cause: error.description)
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            let holder = (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            try? descriptor.close()
            throw LabError(
                .failed,
                "another process is working on \(directory.id)",
                cause: holder.isEmpty ? nil : "process \(holder)",
                hint: "labhost show \(directory.id)"
            )
        }
        ftruncate(descriptor.rawValue, 0)
        _ = try? descriptor.writeAll(toAbsoluteOffset: 0, Array(String(getpid()).utf8))
    }

    deinit { try? descriptor.close() }
}
