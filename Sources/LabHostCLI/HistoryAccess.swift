import LabHost
import PluginAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The history, with all that it should know.
enum HistoryAccess {
    /// Opens the history and reads what it does not know yet; what cannot be read is said.
    static func open(_ store: ExperimentStore, rebuilding: Bool = false) async throws -> History {
        let history: History
        let failures: [ExperimentID: LabError]
        if rebuilding {
            (history, failures) = try await History.rebuild(from: store)
        } else {
            history = try await History(in: store.home)
            failures = try history.catchUp(with: store.experiments)
        }
        for (id, error) in failures.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            Terminal.write("warning: \(id) is not in the history: \(error)\n", to: STDERR_FILENO)
        }
        return history
    }

    /// Opens a history that knows some experiments as they are now, in memory where no file can be had.
    static func open(_ store: ExperimentStore, knowing directories: [ExperimentDirectory]) async throws -> History {
        let history = try (try? await History(in: store.home)) ?? History()
        if let failure = try history.catchUp(with: directories).first { throw failure.value }
        return history
    }
}
