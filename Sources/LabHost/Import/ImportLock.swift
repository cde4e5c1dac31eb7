import PluginAPI
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The right to import, held by one process at a time: two that take the same files at once would not see each other's.
package final class ImportLock: Sendable {
    private let descriptor: FileDescriptor

    /// Waits for the lock, which the kernel gives back however the holder ends.
    ///
    /// - Throws: ``LabError`` when it cannot be had.
    package init(in store: ExperimentStore) throws {
        let path = store.home.appending("import.lock")
        do {
            try LocalFile.makeDirectory(store.home)
            descriptor = try FileDescriptor.open(
                path,
                .readWrite,
                options: [.create, .closeOnExec],
                permissions: [.ownerReadWrite]
            )
        } catch let error as Errno {
            throw LabError(.failed, "cannot open \(path)", cause: error.description)
        }
        while flock(descriptor.rawValue, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw LabError(.failed, "cannot lock \(path)", cause: Errno(rawValue: errno).description)
            }
        }
    }

    deinit { try? descriptor.close() }
}
