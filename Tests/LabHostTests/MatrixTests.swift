import LabHost
import PluginAPI
import Testing

@Suite("A matrix")
struct MatrixTests {
    private static let head = """
        name: m
        limits: {max_duration: 7d}
        test_runs:
          - {name: a, type: fixed_rate, producer_rate: 1000}
          - {name: b, type: fixed_rate, producer_rate: 2000}

        """

    private func plan(_ matrix: String) throws -> Plan { try PlanFixture(Self.head + matrix).plan() }
    private func schedule(_ matrix: String) throws -> Schedule { try Scheduler.schedule(plan(matrix)) }

    @Test("combines every run with every combination, under names that say what is varied")
    func combines() throws {
        let schedule = try schedule("matrix: {workload.message_size: [512, 4096], workload.topics: [1, 2]}")
        #expect(
            schedule.cells.map(\.name) == [
                "a.msg512.topics1", "a.msg512.topics2", "a.msg4096.topics1", "a.msg4096.topics2",
                "b.msg512.topics1", "b.msg512.topics2", "b.msg4096.topics1", "b.msg4096.topics2",
            ]
        )
        #expect(schedule.cells[2].workload.messageSizeBytes == 4096)
        #expect(schedule.cells[1].workload.topics == 2)
        #expect(schedule.cells[1].factors == ["workload.message_size": "512", "workload.topics": "2"])
        #expect(schedule.groups.count == 1)
        #expect(Set(schedule.cells.map(\.key)).count == 8)
    }

    @Test("builds a cluster once for each set of hosts and reconfigures it in between")
    func groups() throws {
        let schedule = try schedule(
            """
            matrix:
              cluster.broker.instance_type: [m6i.large, m6i.xlarge]
              pulsar.broker.managedLedgerCacheSizeMB: [256, 512]
            """
        )
        #expect(schedule.groups.map(\.configurations.count) == [2, 2])
        #expect(schedule.groups.map(\.entries.count) == [4, 4])
        #expect(schedule.groups.map(\.reconfigurations) == [1, 1])
        #expect(
            schedule.groups[0].entries.map(\.cell.name) == [
                "a.m6i-large.mlcsm256", "b.m6i-large.mlcsm256", "a.m6i-large.mlcsm512", "b.m6i-large.mlcsm512",
            ]
        )
        let types = schedule.groups.map { $0.configurations.map { $0.components["broker"]?.instanceType } }
        #expect(types == [["m6i.large", "m6i.large"], ["m6i.xlarge", "m6i.xlarge"]])
        #expect(schedule.groups[0].configurations[1].settings["broker"]?["managedLedgerCacheSizeMB"] == "512")
    }

    @Test("varies spot, and counts it as other hosts")
    func spot() throws {
        let schedule = try schedule("matrix: {aws.spot: [false, {max_price: 0.05}]}")
        #expect(schedule.groups.map { $0.configurations.map(\.spot) } == [[nil], [SpotRequest(maxPrice: 0.05)]])
        #expect(schedule.cells.map(\.name) == ["a.on-demand", "b.on-demand", "a.spot", "b.spot"])
    }

    @Test("leaves out what is excluded, by any part of a combination")
    func excludes() throws {
        let schedule = try schedule(
            """
            matrix:
              workload.message_size: [512, 1024]
              workload.topics: [1, 2]
              exclude: [{workload.message_size: 1024, workload.topics: 2}, {workload.topics: 1}]
            """
        )
        #expect(schedule.cells.map(\.name) == ["a.msg512.topics2", "b.msg512.topics2"])
    }

    @Test(
        "is checked like the plan itself, and points at its own values",
        arguments: [
            (
                "workload.mesage_size: [1]",
                "matrix.workload.mesage_size: a matrix cannot vary \"workload.mesage_size\"; "
                    + "did you mean \"workload.message_size\"?"
            ),
            ("workload.message_size: 5", "matrix.workload.message_size: expected a list, found 5"),
            (
                "workload.message_size: [fast]",
                "matrix.workload.message_size[0]: expected a whole number from 1 to "
                    + "5242880, found \"fast\""
            ),
            (
                "workload.message_size_distribution: [{9-3: 1}]",
                "matrix.workload.message_size_distribution[0].9-3: expected a rising range of bytes up to 5242880, "
                    + "such as 128-512"
            ),
            (
                "workload.message_size_distribution: [{0-9: 0}]",
                "matrix.workload.message_size_distribution[0]: expected at least one weight above 0"
            ),
            ("workload.topics: [1, 1]", "matrix.workload.topics[1]: the same value as matrix.workload.topics[0]"),
            ("pulsar.cluster_name: [a, b]", "matrix.pulsar.cluster_name: a matrix cannot vary \"pulsar.cluster_name\""),
            ("network.vpc_cidr: [a]", "matrix.network.vpc_cidr: a matrix cannot vary \"network.vpc_cidr\""),
            (
                "cluster.zookeeper.count: [3, 4]",
                "cluster.zookeeper.count: expected an odd number, found 4: an even "
                    + "number survives no more failures than one less"
            ),
            (
                "workload.topics: [1, 2], exclude: [{workload.topics: 3}]",
                "matrix.exclude[0].workload.topics: \"3\" is none of its values: 1, 2"
            ),
            ("workload.topics: [1], exclude: [{workload.topics: 1}]", "matrix.exclude: every combination is left out"),
            (
                "workload.topics: [1], exclude: [{topics: 1}]",
                "matrix.exclude[0].topics: the matrix does not vary \"topics\""
            ),
        ]
    )
    func faults(matrix: String, message: String) {
        let messages = PlanFixture(Self.head + "matrix: {\(matrix)}\n").messages
        #expect(messages.count == 1)
        #expect(messages.first?.hasPrefix("plan.yaml:6:") == true)
        #expect(messages.first?.hasSuffix("error: \(message)") == true)
    }

    @Test("refuses more cells than anybody can want")
    func tooMany() {
        let values = (1...400).map(String.init).joined(separator: ", ")
        let matrix = "matrix: {workload.topics: [\(values)], workload.message_size: [\(values)]}\n"
        #expect(
            PlanFixture(Self.head + matrix).messages == [
                "plan.yaml:6:9: error: matrix: 160,000 combinations are more than 100,000"
            ]
        )
    }

    @Test("does not vary what a run has a value of its own for")
    func own() throws {
        let text = """
            name: m
            limits: {max_duration: 7d}
            matrix: {workload.message_size: [1, 2], cluster.broker.count: [1, 2], pulsar.broker.a: [1, 2]}
            test_runs:
              - {name: size, type: max_rate, workload_overrides: {message_size: 5}}
              - {name: brokers, type: max_rate, infrastructure_overrides: {broker_count: 7}}
              - name: all
                type: max_rate
                workload_overrides: {message_size: 5}
                infrastructure_overrides: {broker_count: 7}
                pulsar_config_overrides: {a: 9}
            """
        let plan = try PlanFixture(text).plan()
        #expect(plan.runs.map(\.variants.count) == [4, 4, 1])
        let all = try #require(plan.runs[2].variants.first)
        #expect(plan.specs[all.spec].components["broker"]?.count == 7)
        #expect(plan.specs[all.spec].settings["broker"] == ["a": "9"])
        let cells = try Scheduler.schedule(plan).cells
        #expect(Set(cells.map(\.name)).count == 9)
        #expect(cells.contains { $0.name == "size.broker2.a1" && $0.workload.messageSizeBytes == 5 })
        #expect(cells.contains { $0.name == "brokers.msg2.a2" && $0.factors["cluster.broker.count"] == "7" })
        #expect(cells.contains { $0.name == "all" })
    }

    @Test("gives names that differ also where values read alike, and short ones where they are long")
    func names() throws {
        let long = String(repeating: "x", count: 90)
        let cells = try schedule("matrix: {pulsar.broker.someSetting: [a.b, a-b, \(long), \(long)y]}").cells
        #expect(Set(cells.map(\.name)).count == 8)
        #expect(cells[0].name == "a.ssa-b")
        #expect(cells.allSatisfy { $0.name.utf8.count <= 80 })
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789.#-")
        #expect(cells.allSatisfy { $0.name.allSatisfy(allowed.contains) })
    }

    @Test("names the component where two have the key")
    func components() throws {
        let cells = try schedule(
            "matrix: {cluster.broker.instance_type: [m6i.large], cluster.client.instance_type: [c6i.large]}"
        )
        .cells
        #expect(cells.map(\.name) == ["a.broker-m6i-large.client-c6i-large", "b.broker-m6i-large.client-c6i-large"])
    }
}

@Suite("A cell's key")
struct CellKeyTests {
    private func keys(_ text: String) throws -> [String] {
        try Scheduler.schedule(PlanFixture(text).plan()).cells.map(\.key)
    }

    @Test("is the same for the same measurement under another name, in another plan, the second time")
    func same() throws {
        let one = try keys("name: a\nrepetitions: 2\ntest_runs: [{name: x, type: fixed_rate, producer_rate: 5}]\n")
        let other = try keys(
            """
            name: b
            network: {subnet_cidr: 10.0.2.0/24}
            test_runs: [{name: y, type: fixed_rate, producer_rate: 5}]
            limits: {max_duration: 5h}
            """
        )
        #expect(Set(one + other).count == 1)
    }

    @Test(
        "is another one for whatever changes the numbers",
        arguments: [
            "base_workload: {message_size: 1}", "base_workload: {test_duration_minutes: 6}",
            "cluster: {broker: {count: 3}}", "cluster: {broker: {heap: 2G}}", "pulsar: {broker: {a: b}}",
            "driver: {producer: {batchingMaxBytes: 1}}", "aws: {spot: true}",
        ]
    )
    func other(line: String) throws {
        let base = "name: a\ntest_runs: [{name: x, type: fixed_rate, producer_rate: 5}]\n"
        #expect(try keys(base) != keys(base + line + "\n"))
    }
}
