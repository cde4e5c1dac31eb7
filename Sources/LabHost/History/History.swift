import GRDB
import PluginAPI
package import SystemPackage

/// Every finished cell of every experiment, in SQLite: an index for questions over many experiments.
///
/// The journals and results in the experiments' directories stay the only truth. The history is derived from them, and can be
/// thrown away and made again: ``rebuild(from:_:)``. Any number of processes may read and write it at the same time.
public struct History: Sendable {
    let database: DatabaseQueue

    /// Where a user's history is.
    package static func path(in home: FilePath) -> FilePath { home.appending("history.sqlite") }

    /// How long is waited for another process that writes, or prepares the history.
    package static let patience = Duration.seconds(10)

    /// Opens the history in a user's directory; it is made when there is none, private to the user.
    ///
    /// One that is there takes nothing but reading to be opened: whoever has a question is not kept waiting by whoever writes.
    ///
    /// - Parameters:
    ///   - home: The directory.
    ///   - patience: How long is waited for other processes, each time.
    /// - Throws: ``LabError`` when it cannot be opened, is damaged, or was written by a newer LabHost.
    package init(in home: FilePath, patience: Duration = Self.patience) async throws {
        let path = Self.path(in: home)
        do {
            try LocalFile.makeDirectory(home)
            if let ready = try Self.ready(path, patience) {
                database = ready
                return
            }
            // Changing to write-ahead logging and migrating are for one process at a time.
            database = try await Self.alone(in: home, patience) {
                try Self.createPrivately(path)
                var configuration = Self.configuration(patience)
                configuration.journalMode = .wal
                return try Self.migrated(DatabaseQueue(path: path.string, configuration: configuration))
            }
        } catch {
            throw Self.failure(error, "cannot open the history \(path)", at: path.string)
        }
    }

    /// Opens the history of a user who has one.
    ///
    /// - Returns: nil when there is none.
    package init?(existingIn home: FilePath) async throws {
        guard Files.exists(Self.path(in: home)) else { return nil }
        try await self.init(in: home)
    }

    /// Makes a history in memory, for questions about experiments where no file can be had.
    package init() throws {
        do { database = try Self.migrated(DatabaseQueue(configuration: Self.configuration(Self.patience))) } catch {
            throw Self.failure(error, "cannot make a history in memory")
        }
    }

    private static func configuration(_ patience: Duration) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience / .seconds(1))
        configuration.label = "labhost.history"
        // What a power cut takes with it is found in the journals.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        return configuration
    }

    /// Opens a history that nothing has to be done to; nil where there is none, or something has.
    private static func ready(_ path: FilePath, _ patience: Duration) throws -> DatabaseQueue? {
        guard Files.exists(path) else { return nil }
        let database = try DatabaseQueue(path: path.string, configuration: configuration(patience))
        let isReady = try database.read { database in
            try refuseNewer(database)
            return try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
                && HistorySchema.migrator.hasCompletedMigrations(database)
        }
        return isReady ? database : nil
    }

    private static func migrated(_ database: DatabaseQueue) throws -> DatabaseQueue {
        try database.read(refuseNewer)
        try HistorySchema.migrator.migrate(database)
        return database
    }

    private static func refuseNewer(_ database: Database) throws {
        guard try !HistorySchema.migrator.hasBeenSuperseded(database) else {
            throw LabError(.failed, "it was written by a newer LabHost", hint: "use that one, or move the file away")
        }
    }

    /// SQLite gives the files beside it the same permissions.
    private static func createPrivately(_ path: FilePath) throws {
        try FileDescriptor.open(path, .readWrite, options: [.create, .closeOnExec], permissions: [.ownerReadWrite])
            .close()
    }

    /// Whoever prepares a history takes milliseconds, once in its life.
    private static func alone<Result>(
        in home: FilePath,
        _ patience: Duration,
        _ body: () throws -> Result
    ) async throws -> Result {
        let path = home.appending("history.lock")
        guard let lock = try await FileLock.take(path, within: patience, clock: .system) else {
            let holder = FileLock.holder(of: path) ?? "another process"
            throw LabError(.busy, "\(holder) is preparing it, and has not come to an end")
        }
        return try withExtendedLifetime(lock, body)
    }

    /// An error of SQLite in LabHost's terms.
    func failure(_ error: any Error, _ message: String) -> LabError { Self.failure(error, message, at: database.path) }

    private static func failure(_ error: any Error, _ message: String, at path: String? = nil) -> LabError {
        if let error = error as? LabError {
            return LabError(error.code, message, cause: error.cause ?? error.message, hint: error.hint)
        }
        if let path, (error as? DatabaseError)?.resultCode == .SQLITE_BUSY {
            let writer = HistoryWriter.process(at: FilePath(path)).map { "process \($0)" } ?? "another process"
            return LabError(.busy, message, cause: "\(writer) is writing it", hint: "try again when it is done")
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

extension LabError.Code {
    /// Another process has what is wanted, and did not give it back in time.
    static let busy = Self(rawValue: "busy")
}
