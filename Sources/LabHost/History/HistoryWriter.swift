import PluginAPI
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Who writes a history now.
enum HistoryWriter {
    /// The byte of SQLite's shared-memory file that whoever writes in write-ahead logging has locked (`WAL_WRITE_LOCK` in
    /// "The WAL-Index File Format").
    private static let lockedByte = 120

    /// The process that writes; nil when nobody does, or the kernel does not tell (macOS).
    ///
    /// To open the file and ask would take this process's own locks away when it is closed again: the kernel's list is read.
    ///
    /// - Parameter path: The database.
    /// - Returns: The process's id.
    static func process(at path: FilePath) -> Int32? {
        var facts = stat()
        guard stat(path.string + "-shm", &facts) == 0, let locks = try? LocalFile.read("/proc/locks") else {
            return nil
        }
        return process(in: String(decoding: locks, as: UTF8.self), inode: UInt64(facts.st_ino))
    }

    /// Finds the process in the kernel's list: `1: POSIX ADVISORY WRITE 4711 08:01:1234 120 120`, see proc_locks(5).
    static func process(in locks: String, inode: UInt64) -> Int32? {
        for line in locks.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 8, words[1] == "POSIX", words[3] == "WRITE",
                words[5].split(separator: ":").last.flatMap({ UInt64($0) }) == inode,
                let first = Int(words[6]), let last = Int(words[7]), first <= lockedByte, lockedByte <= last
            else { continue }
            return Int32(words[4])
        }
        return nil
    }
}
