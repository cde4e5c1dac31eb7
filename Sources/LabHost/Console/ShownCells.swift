import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Which cells of an experiment a table shows, and what it says of the others: of thousands nobody reads each, nor waits until
/// each has been read.
package struct ShownCells: Sendable, Hashable {
    /// The cells, by name.
    package let names: Set<String>
    /// What became of the others, in a line; nil when there are none.
    package let others: String?

    /// Chooses the cells that were worked on last, and then those whose turn is next.
    ///
    /// - Parameters:
    ///   - schedule: All cells.
    ///   - state: What the journal says of them.
    ///   - limit: How many at most.
    package init(of schedule: Schedule, _ state: ExperimentState, atMost limit: Int) {
        let cells = schedule.cells.map(\.name)
        guard cells.count > limit else {
            (names, others) = (Set(cells), nil)
            return
        }
        let begun = cells.enumerated().compactMap { index, name in
            state.cells[name].map { (at: $0.endedAt ?? $0.startedAt, index: index, name: name) }
        }.sorted { ($1.at, $1.index) < ($0.at, $0.index) }
        let next = cells.filter { state.cells[$0] == nil }
        let chosen = Set((begun.map(\.name) + next).prefix(limit))
        let left = cells.filter { !chosen.contains($0) }
        let counts = [Verdict.valid, .suspect, .invalid].map { verdict in
            (left.count { state.cells[$0]?.verdict == verdict }, verdict.rawValue)
        }
        let without = (left.count { state.cells[$0]?.verdict == nil }, "without a result")
        let parts = (counts + [without]).filter { $0.0 > 0 }.map { "\($0) \($1)" }
        names = chosen
        others = "and \(left.count) more: \(parts.joined(separator: ", ")); --limit \(cells.count) shows them, too"
    }
}
