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

@Suite("A randomized order")
struct RandomizedOrderTests {
    private func names(seed: UInt64, plan seedInPlan: String = "") throws -> (names: [String], seed: UInt64?) {
        let plan = try PlanFixture(
            """
            name: s
            order: randomized
            repetitions: 4
            limits: {max_duration: 1d}
            \(seedInPlan)
            test_runs:
              - {name: a, type: fixed_rate, producer_rate: 1}
              - {name: b, type: fixed_rate, producer_rate: 2}
            """
        ).plan()
        let schedule = try Scheduler.schedule(plan, seed: seed)
        return (schedule.cells.map(\.name), schedule.seed)
    }

    @Test("has every cell once, and is the same for the same seed")
    func reproducible() throws {
        let first = try names(seed: 7)
        #expect(first.seed == 7)
        #expect(first.names.sorted() == ["a", "a#2", "a#3", "a#4", "b", "b#2", "b#3", "b#4"])
        #expect(try names(seed: 7).names == first.names)
        #expect(try names(seed: 8).names != first.names)
    }

    @Test("takes the plan's own seed first")
    func own() throws {
        #expect(try names(seed: 7, plan: "seed: 99").seed == 99)
    }
}
