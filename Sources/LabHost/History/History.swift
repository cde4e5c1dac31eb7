import GRDB
import PluginAPI
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Every finished cell of every experiment, in SQLite: an index for questions over many experiments.
///
/// The journals and results in the experiments' directories stay the only truth. The history is derived from them, and can be
/// thrown away and made again: ``rebuild(from:_:)``. Any number of processes may read and write it at the same time.
public struct History: Sendable {
    let database: DatabaseQueue

    /// Where a user's history is.
    package static func path(in home: FilePath) -> FilePath { home.appending("history.sqlite") }

    /// Opens the history in a user's directory; it is made when there is none, private to the user.
    ///
    /// - Throws: ``LabError`` when it cannot be opened, is damaged, or was written by a newer LabHost.
    package init(in home: FilePath) throws {
        let path = Self.path(in: home)
        do {
            try LocalFile.makeDirectory(home)
            // Changing to write-ahead logging and migrating are for one process at a time; SQLite looks after the rest.
            database = try Self.alone(in: home) {
                try Self.createPrivately(path)
                return try Self.open { try DatabaseQueue(path: path.string, configuration: $0) }
            }
        } catch {
            throw Self.failure(error, "cannot open the history \(path)")
        }
    }

    /// Opens the history of a user who has one.
    ///
    /// - Returns: nil when there is none.
    package init?(existingIn home: FilePath) throws {
        guard Files.exists(Self.path(in: home)) else { return nil }
        try self.init(in: home)
    }

    /// Makes a history in memory, for questions about experiments where no file can be had.
    package init() throws {
        do { database = try Self.open { try DatabaseQueue(configuration: $0) } } catch {
            throw Self.failure(error, "cannot make a history in memory")
        }
    }

    private static func open(_ make: (Configuration) throws -> DatabaseQueue) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(10)
        configuration.label = "labhost.history"
        // What a power cut takes with it is found in the journals.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        let database = try make(configuration)
        let migrator = HistorySchema.migrator
        guard try !database.read(migrator.hasBeenSuperseded) else {
            throw LabError(.failed, "it was written by a newer LabHost", hint: "use that one, or move the file away")
        }
        try migrator.migrate(database)
        return database
    }

    /// SQLite gives the files beside it the same permissions.
    private static func createPrivately(_ path: FilePath) throws {
        try FileDescriptor.open(path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
            .close()
    }

    private static func alone<Result>(in home: FilePath, _ body: () throws -> Result) throws -> Result {
        let lock = try FileDescriptor.open(
            home.appending("history.lock"),
            .readWrite,
            options: [.create, .closeOnExec],
            permissions: [.ownerReadWrite]
        )
        return try lock.closeAfter {
            while flock(lock.rawValue, LOCK_EX) != 0 {
                guard errno == EINTR else { throw Errno(rawValue: errno) }
            }
            return try body()
        }
    }

    /// An error of SQLite in LabHost's terms.
    static func failure(_ error: any Error, _ message: String) -> LabError {
        if let error = error as? LabError {
            return LabError(error.code, message, cause: error.cause ?? error.message, hint: error.hint)
        }
        let isDamaged = (error as? DatabaseError).map {
            [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains($0.resultCode)
        }
        return LabError(
            .failed,
            message,
            cause: (error as? DatabaseError)?.message ?? String(describing: error),
            hint: isDamaged == true ? "labhost history --rebuild makes it anew from the experiments" : nil
        )
    }
}
