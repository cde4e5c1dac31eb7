import LabHost
import PluginAPI
import Testing

@Suite("Scheduling")
struct SchedulerTests {
    private func plan(repetitions: Int = 1) throws -> Plan {
        try PlanFixture(
            """
            name: s
            repetitions: \(repetitions)
            test_runs:
              - {name: fixed-10k, type: fixed_rate, producer_rate: 10000}
              - {name: max, type: max_rate}
            """
        ).plan()
    }

    @Test("gives every run once a round, in one group")
    func rounds() throws {
        let schedule = try Scheduler.schedule(plan(repetitions: 2))
        #expect(schedule.groups.count == 1)
        #expect(schedule.cells.map(\.name) == ["fixed-10k", "max", "fixed-10k#2", "max#2"])
        #expect(schedule.cells.map(\.repetition) == [1, 1, 2, 2])
        #expect(schedule.cells.map(\.run) == ["fixed-10k", "max", "fixed-10k", "max"])
        #expect(schedule.cells.map(\.workload.producerRate) == [10_000, nil, 10_000, nil])
        #expect(schedule.cells.allSatisfy { $0.timeoutSeconds == 1800 })
    }

    @Test("keeps to the runs and repetitions that the command line asks for")
    func selection() throws {
        let cells = try Scheduler.schedule(plan(), only: ["MAX"], repetitions: 3).cells
        #expect(cells.map(\.name) == ["max", "max#2", "max#3"])
        let error = #expect(throws: LabError.self) { try Scheduler.schedule(plan(), only: ["fixed-1k"]) }
        #expect(error?.code == .usage)
        #expect(
            error?.description == """
                there is no test run "fixed-1k"; did you mean "fixed-10k"?
                  known: fixed-10k, max
                """
        )
    }
}
