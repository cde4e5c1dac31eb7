import PluginAPI

/// The right to work on an experiment, held by one process at a time.
public final class ExperimentLock: Sendable {
    private let lock: FileLock

    /// Takes the lock.
    ///
    /// - Throws: ``LabError`` that names the process that holds it.
    public init(_ directory: ExperimentDirectory) throws {
        guard let lock = try FileLock.take(directory.lock) else {
            throw LabError(
                .failed,
                "another process is working on \(directory.id)",
                cause: FileLock.holder(of: directory.lock),
                hint: "labhost show \(directory.id)"
            )
        }
        self.lock = lock
    }
}
