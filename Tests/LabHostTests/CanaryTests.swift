import LabHost
import PluginAPI
import Testing

@Suite struct CanaryTests {
    private func schedule(_ more: String = "") throws -> Schedule {
        let plan = try PlanFixture(
            """
            name: s
            repetitions: 2
            \(more)
            test_runs:
              - {name: warm, type: fixed_rate, producer_rate: 1}
              - {name: watch, type: fixed_rate, producer_rate: 2, canary: true}
              - {name: other, type: fixed_rate, producer_rate: 3}
            """
        ).plan()
        return try Scheduler.schedule(plan, seed: 7)
    }

    @Test func `a canary is measured once more at the end of its hosts, in any order`() throws {
        let cells = try schedule().cells
        #expect(cells.map(\.name) == ["warm", "watch", "other", "warm#2", "watch#2", "other#2", "watch.canary"])
        #expect(cells.map(\.canaryOf) == [nil, nil, nil, nil, nil, nil, "watch"])
        #expect(cells[6].key == cells[1].key)
        let shuffled = try schedule("order: randomized").cells
        let canary = try #require(shuffled.last)
        #expect(canary.name == "\(canary.canaryOf ?? "").canary")
        #expect(canary.run == "watch" && shuffled.count == 7)
    }

    @Test func `every set of hosts has its own`() throws {
        let schedule = try schedule("matrix: {cluster.broker.instance_type: [m6i.large, m6i.xlarge]}")
        #expect(schedule.groups.count == 2)
        for group in schedule.groups { #expect(group.entries.last?.cell.run == "watch") }
        #expect(Set(schedule.cells.map(\.name)).count == schedule.cells.count)
    }
}
