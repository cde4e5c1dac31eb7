import PluginAPI
import PluginTestKit
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ShownCellsTests {
    private let schedule = Schedule(
        groups: [.init(spec: .sample, cells: ["a", "b", "c", "d", "e", "f"].map { Cell.sample($0) })]
    )

    private func event(_ second: Double, _ what: Event.What) -> Event {
        Event(time: Date(timeIntervalSince1970: second), what: what)
    }

    /// Of six cells `a` to `c` have ended, and `d` runs.
    private var state: ExperimentState {
        ExperimentState([
            event(1, .cellStarted(cell: "b", index: 1, of: 6)),
            event(2, .cellEnded(cell: "b", verdict: .valid, reasons: [])),
            event(3, .cellStarted(cell: "a", index: 2, of: 6)),
            event(4, .cellEnded(cell: "a", verdict: .invalid, reasons: ["so"])),
            event(5, .cellStarted(cell: "c", index: 3, of: 6)),
            event(6, .cellEnded(cell: "c", verdict: .suspect, reasons: [])),
            event(7, .cellStarted(cell: "d", index: 4, of: 6)),
        ])
    }

    @Test func `of few cells all are shown, and nothing is said of others`() {
        let shown = ShownCells(of: schedule, state, atMost: 6)
        #expect(shown.names == ["a", "b", "c", "d", "e", "f"])
        #expect(shown.others == nil)
    }

    @Test func `of many cells the last are shown that were worked on, and the others are counted`() {
        let shown = ShownCells(of: schedule, state, atMost: 2)
        #expect(shown.names == ["c", "d"])
        #expect(shown.others == "and 4 more: 1 valid, 1 invalid, 2 without a result; --limit 6 shows them, too")
    }

    @Test func `where few have begun the next ones are shown, too`() {
        #expect(ShownCells(of: schedule, state, atMost: 5).names == ["a", "b", "c", "d", "e"])
        #expect(ShownCells(of: schedule, ExperimentState(), atMost: 1).names == ["a"])
    }

    @Test func `a record of some cells reads no others, and has the times and costs of all`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.perHour = .usd(3600)
        fixture.behaviour.run = { [clock = fixture.clock] _ in
            try await clock.labClock.sleep(.seconds(10))
            return CellOutcome(verdict: .valid, result: .sample)
        }
        try fixture.directory.freeze(fixture.experiment, fixture.schedule, plan: [])
        let errors = try await fixture.run()
        #expect(errors.isEmpty)
        let state = try fixture.directory.state()
        func record(_ detail: RecordBuilder.Detail) throws -> ExperimentRecord {
            try RecordBuilder(
                experiment: fixture.experiment,
                schedule: fixture.schedule,
                directory: fixture.directory,
                detail: detail
            ).record(from: state, at: fixture.clock.labClock.now())
        }
        let whole = try record(.everything)
        LocalFile.remove(fixture.directory.outcome(of: "two"))
        let some = try record(.outcomes(of: ["one"]))
        #expect(some.cells.map { $0.outcome != nil } == [true, false])
        #expect(some.cells.map(\.endedAt) == whole.cells.map(\.endedAt))
        let costs = try #require(whole.costs)
        #expect(some.costs?.total == costs.total)
        #expect(some.costs?.cells.mapValues(\.cost) == costs.cells.mapValues(\.cost))
        #expect(costs.cells["two"]?.cost.usd ?? 0 > 0)
        #expect(throws: LabError.self) { try record(.outcomes(of: ["two"])) }
    }
}
