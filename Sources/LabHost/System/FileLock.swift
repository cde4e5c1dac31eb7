package import PluginAPI
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file that one process at a time holds, and that says which one.
///
/// The kernel gives it back when the process ends, however it ends: a stale lock cannot exist. To ask whether somebody holds it
/// takes nothing, so that a question is never in the way of one who comes to work.
package final class FileLock: Sendable {
    /// What is locked: open for as long as this object lives. A child that is given it holds the lock with this process, and
    /// after it.
    let descriptor: FileDescriptor

    private init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit {
        // A child between its fork and its exec has the descriptor, too: closing alone would leave the lock to it.
        descriptor.unlock()
        try? descriptor.close()
    }

    /// Takes a lock.
    ///
    /// - Parameter path: The file, which is made when there is none.
    /// - Returns: nil when somebody holds it.
    /// - Throws: ``LabError`` when the file cannot be opened or locked.
    package static func take(_ path: FilePath) throws -> FileLock? {
        do {
            let lock = FileLock(
                try FileDescriptor.open(
                    path,
                    .readWrite,
                    options: [.create, .closeOnExec],
                    permissions: [.ownerReadWrite]
                )
            )
            guard try lock.descriptor.setLock() else { return nil }
            try lock.descriptor.resize(to: 0)
            try lock.descriptor.writeAll(toAbsoluteOffset: 0, Array(String(ProcessID.current).utf8))
            return lock
        } catch {
            throw LabError(.failed, "cannot lock \(path)", cause: (error as? Errno)?.description)
        }
    }

    /// Takes a lock as soon as whoever holds it is done.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - patience: How long at most.
    ///   - clock: The time.
    /// - Returns: nil when it was held all the time.
    /// - Throws: ``LabError`` when the file cannot be opened or locked; `CancellationError`.
    package static func take(_ path: FilePath, within patience: Duration, clock: LabClock) async throws -> FileLock? {
        let deadline = clock.uptime() + patience
        while true {
            if let lock = try take(path) { return lock }
            guard clock.uptime() < deadline else { return nil }
            try await clock.sleep(.milliseconds(100))
        }
    }

    /// Whether somebody holds a lock now. No file is a lock that nobody holds.
    package static func isHeld(_ path: FilePath) -> Bool {
        guard let descriptor = try? FileDescriptor.open(path, .readOnly, options: .closeOnExec) else { return false }
        defer { try? descriptor.close() }
        return descriptor.isLockedElsewhere
    }

    /// Who holds a lock, for people: `process 4711`; nil when the file does not say.
    package static func holder(of path: FilePath) -> String? {
        guard let text = try? Files.read(path), !text.isEmpty else { return nil }
        return "process " + Printable.line(String(decoding: text.prefix(20), as: UTF8.self))
    }
}

// Locks of open file descriptions (POSIX.1-2024), which belong to what is opened and not to the process as other locks of
// records do. The numbers are part of each kernel's interface; glibc shows their names to those who ask for GNU's extensions.
#if canImport(Darwin)
private let (setOpenFileLock, getOpenFileLock): (Int32, Int32) = (90, 92)
#else
private let (setOpenFileLock, getOpenFileLock): (Int32, Int32) = (37, 36)
#endif

extension FileDescriptor {
    /// Locks the whole file; false when it is locked.
    fileprivate func setLock() throws -> Bool {
        var lock = wholeFile
        while fcntl(rawValue, setOpenFileLock, &lock) != 0 {
            switch errno {
            case EINTR: continue
            case EAGAIN, EACCES: return false
            default: throw Errno(rawValue: errno)
            }
        }
        return true
    }

    fileprivate func unlock() {
        var lock = wholeFile
        lock.l_type = Int16(F_UNLCK)
        _ = fcntl(rawValue, setOpenFileLock, &lock)
    }

    fileprivate var isLockedElsewhere: Bool {
        var lock = wholeFile
        return fcntl(rawValue, getOpenFileLock, &lock) == 0 && lock.l_type != Int16(F_UNLCK)
    }

    private var wholeFile: flock {
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        return lock
    }
}
