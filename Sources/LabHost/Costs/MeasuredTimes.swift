package import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is known of how long things took before, for forecasts.
public struct MeasuredTimes: Sendable, Hashable {
    /// How long cells took, by ``PluginAPI/Cell/key``.
    public var cells: [String: Duration]
    /// How long building and tearing down a cluster takes together; nil when nobody has measured it.
    public var overhead: Duration?

    /// Makes it; nothing is known unless it is said.
    public init(cells: [String: Duration] = [:], overhead: Duration? = nil) {
        self.cells = cells
        self.overhead = overhead
    }

    func expected(_ cell: Cell) -> Duration { cells[cell.key] ?? cell.expectedDuration }

    func expectedOverhead(_ group: Schedule.Group) -> Duration {
        group.overhead - Scheduler.groupOverhead + (overhead ?? Scheduler.groupOverhead)
    }
}

extension MeasuredTimes {
    /// What earlier experiments say: of each cell that was measured before, how long it took lately; of the plan's clusters, how
    /// long the latest ones took to build, to become ready and to delete. What was simulated says nothing.
    ///
    /// - Parameters:
    ///   - store: The experiments, with their history; without one nothing is known.
    ///   - plan: The plan's name.
    ///   - cells: The cells that are to be measured.
    /// - Throws: ``LabError`` when the history or a journal cannot be read.
    package init(of store: ExperimentStore, plan: String, cells: [Cell]) async throws {
        self.init()
        guard let history = try await History(existingIn: store.home) else { return }
        self.cells = try history.durations(of: Set(cells.map(\.key)))
        guard let latest = try history.latestExperiment(of: plan), let id = ExperimentID(rawValue: latest) else {
            return
        }
        let directory = store.directory(of: id)
        if Files.exists(directory.journal) { overhead = try directory.state().clusterOverhead }
    }
}

extension ExperimentState {
    /// How long a cluster took, on average, to be built, to become ready and to be deleted; nil unless each was seen to its end.
    var clusterOverhead: Duration? {
        let steps: [Step] = [.provision, .ready, .teardown]
        var sum = Duration.zero
        for step in steps {
            let seconds = phases.filter { $0.name == step.rawValue && $0.error == nil }.compactMap { phase in
                phase.endedAt.map { $0.timeIntervalSince(phase.startedAt) }
            }
            guard !seconds.isEmpty else { return nil }
            sum += .seconds(seconds.reduce(0, +) / Double(seconds.count))
        }
        return sum
    }
}
