import GRDB
import PluginAPI
import PluginTestKit
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct MeasuredTimesTests {
    @Test func `without a history nothing is known, and none is made`() async throws {
        let fixture = try Fixture()
        let times = try await MeasuredTimes(
            of: fixture.store,
            plan: fixture.experiment.planName,
            cells: fixture.schedule.cells
        )
        #expect(times == MeasuredTimes())
        #expect(try await History(existingIn: fixture.home.path) == nil)
    }

    @Test func `what ran before says how long cells and clusters take, and what was simulated says nothing`()
        async throws
    {
        let fixture = try Fixture()
        try fixture.directory.freeze(fixture.experiment, fixture.schedule, plan: [])
        let history = try await History(in: fixture.home.path)
        let errors = await (try fixture.engine(history)).run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.isEmpty)
        let (cells, plan) = (fixture.schedule.cells, fixture.experiment.planName)
        try await history.database.write { database in
            try database.execute(sql: "UPDATE experiment SET simulated = 0, cost_usd = 1, alive = 0")
            try database.execute(sql: "UPDATE cell SET started_at = 1000, ended_at = 301000")
        }
        let times = try await MeasuredTimes(of: fixture.store, plan: plan, cells: cells)
        #expect(times.cells == Dictionary(cells.map { ($0.key, .seconds(300)) }, uniquingKeysWith: { one, _ in one }))
        let overhead = try #require(times.overhead)
        #expect(overhead >= .zero)
        #expect(try await MeasuredTimes(of: fixture.store, plan: "other", cells: cells).overhead == nil)

        try await history.database.write { try $0.execute(sql: "UPDATE cell SET verdict = 'invalid'") }
        #expect(try await MeasuredTimes(of: fixture.store, plan: plan, cells: cells).cells.isEmpty)
        try await history.database.write { try $0.execute(sql: "UPDATE experiment SET simulated = 1") }
        #expect(try await MeasuredTimes(of: fixture.store, plan: plan, cells: cells) == MeasuredTimes())
    }

    @Test func `a cluster's own time is that of its steps, on average, and unknown unless each was seen`() {
        var state = ExperimentState()
        func phase(_ name: String, _ seconds: Double?, error: LabError? = nil) -> PhaseRecord {
            PhaseRecord(
                name: name,
                startedAt: .init(timeIntervalSince1970: 0),
                endedAt: seconds.map { .init(timeIntervalSince1970: $0) },
                error: error
            )
        }
        state.phases = [phase("provision", 100), phase("provision", 200), phase("ready", 30), phase("teardown", nil)]
        #expect(state.clusterOverhead == nil)
        state.phases.append(phase("teardown", 900, error: LabError(.failed, "no")))
        #expect(state.clusterOverhead == nil)
        state.phases.append(phase("teardown", 20))
        #expect(state.clusterOverhead == .seconds(200))
    }
}
