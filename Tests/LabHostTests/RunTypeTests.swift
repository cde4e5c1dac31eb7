import LabHost
import PluginAPI
import Testing

@Suite("Run types")
struct RunTypeTests {
    private func run(_ keys: String, _ more: String = "") throws -> Plan.Run {
        let text = "name: x\nlimits: {max_duration: 7d}\n\(more)\ntest_runs:\n  - {name: r, \(keys)}\n"
        return try #require(PlanFixture(text).plan().runs.first)
    }

    @Test("become policies")
    func policies() throws {
        #expect(try run("type: fixed_rate, producer_rate: 5").policy == .fixed)
        let latency = try run("type: latency_test, producer_rate: 7")
        #expect(latency.policy == .fixed)
        #expect(latency.type == .latencyTest)
        #expect(latency.variants.first?.workload.producerRate == 7)
        #expect(try run("type: max_rate").policy == .maximum(confirms: true))
        #expect(try run("type: max_rate, confirm: false").policy == .maximum(confirms: false))
        let objective = RatePolicy.Objective(percentile: 99, latencyMs: 20)
        #expect(
            try run("type: search, objective: {percentile: 99, latency_ms: 20}, between: [1000, 2000]").policy
                == .search(.init(objective: objective, lowest: 1000, highest: 2000, precisionPercent: 5))
        )
    }

    @Test("ramp_up takes steps, or a first rate and an increment")
    func ramps() throws {
        let steps = try run(
            "type: ramp_up, ramp_up_steps: [{rate: 5, duration_minutes: 2}, {rate: 9, duration_minutes: 3}]"
        )
        #expect(steps.policy == .ramp(.init(steps: [.init(rate: 5, minutes: 2), .init(rate: 9, minutes: 3)])))
        let rising = "type: ramp_up, initial_rate: 10, rate_increment: 5, increment_interval_minutes: 2"
        #expect(
            try run("\(rising), max_rate: 22").policy
                == .ramp(.init(steps: [10, 15, 20].map { .init(rate: $0, minutes: 2) }))
        )
        guard case .ramp(let ramp) = try run("\(rising), max_steps: 4", "plateau_detection: {enabled: true}").policy
        else {
            Issue.record("not a ramp")
            return
        }
        #expect(ramp.steps.count == 4)
        #expect(ramp.plateau == .init(allowedDeviationPercent: 10, consecutiveFailsAllowed: 2))
    }

    @Test("scale_to_failure multiplies, or adds, within its bounds")
    func scaling() throws {
        func rates(_ keys: String) throws -> [Int] {
            guard case .untilFailure(let policy) = try run("type: scale_to_failure, \(keys)").policy else { return [] }
            return policy.rates
        }
        #expect(try rates("initial_rate: 10000, max_steps: 4") == [10_000, 15_000, 22_500, 33_750])
        #expect(try rates("initial_rate: 100, rate_increment: 50, max_rate: 250") == [100, 150, 200, 250])
        #expect(try rates("initial_rate: 1, rate_multiplier: 1.01, max_steps: 3") == [1, 2, 3])
        #expect(try rates("initial_rate: 900000000") == [900_000_000])
    }

    @Test(
        "are refused where what is written cannot be meant",
        arguments: [
            ("type: ramp_up", "test_runs[0]: a ramp_up run needs ramp_up_steps, or initial_rate and rate_increment"),
            (
                "type: ramp_up, initial_rate: 5",
                "test_runs[0]: a ramp_up run needs ramp_up_steps, or initial_rate and "
                    + "rate_increment"
            ),
            (
                "type: ramp_up, initial_rate: 5, ramp_up_steps: [{rate: 1, duration_minutes: 1}]",
                "test_runs[0].ramp_up_steps: give ramp_up_steps, or initial_rate and rate_increment, not both"
            ),
            (
                "type: scale_to_failure, initial_rate: 5, rate_multiplier: 2, rate_increment: 3",
                "test_runs[0].rate_increment: give rate_multiplier or rate_increment, not both"
            ),
            (
                "type: scale_to_failure, initial_rate: 5, max_rate: 4",
                "test_runs[0].initial_rate: 5 is above max_rate, which is 4"
            ),
            (
                "type: search, objective: {percentile: 99, latency_ms: 5}, between: [20, 10]",
                "test_runs[0].between: expected two rates, the lower one first, found [20, 10]"
            ),
            ("type: search, between: [1, 2]", "test_runs[0]: the key \"objective\" is missing"),
            (
                "type: fixed_rate, producer_rate: 5, workload_overrides: {test_duration_minutes: 40}",
                "test_runs[0]: takes about 43m, and limits.cell_timeout is 30m"
            ),
            (
                "type: ramp_up, ramp_up_steps: [{rate: 1, duration_minutes: 60}]",
                "test_runs[0]: takes about 1h3m, and limits.cell_timeout is 30m"
            ),
        ]
    )
    func faults(keys: String, message: String) {
        let messages = PlanFixture("name: x\ntest_runs:\n  - {name: r, \(keys)}\n").messages
        #expect(messages.count == 1)
        #expect(messages.first?.hasSuffix("error: \(message)") == true)
    }

    @Test("warn when only the worst case is too long")
    func worstCase() throws {
        let plan = try PlanFixture(
            """
            name: x
            limits: {max_duration: 2h}
            test_runs: [{name: r, type: scale_to_failure, initial_rate: 10, max_steps: 20}]
            """
        ).plan()
        #expect(plan.warnings.map(\.message) == ["all takes up to 2h50m, and limits.max_duration is 2h"])
    }

    @Test("change the cluster for one run alone")
    func overrides() throws {
        let plan = try PlanFixture(
            """
            name: x
            test_runs:
              - {name: small, type: max_rate}
              - name: big
                type: max_rate
                infrastructure_overrides: {broker_instance_type: m6i.xlarge, broker_count: 3, bookkeeper: {storage: {size_gb: 9}}}
                pulsar_config_overrides:
                  broker_heap_size: 4G
                  managed_ledger_cache_size_mb: 1024
                  bookkeeper: {journalSyncData: false}
            """
        ).plan()
        #expect(plan.specs.count == 2)
        let big = plan.specs[1]
        #expect(
            big.components["broker"] == .init(count: 3, instanceType: "m6i.xlarge", heap: "4G", directMemory: "512M")
        )
        #expect(big.components["bookkeeper"]?.storage == VolumeSpec(type: "gp3", sizeGB: 9))
        #expect(big.settings["broker"] == ["managedLedgerCacheSizeMB": "1024"])
        #expect(big.settings["bookkeeper"] == ["journalSyncData": "false"])
        #expect(plan.specs[0] == plan.spec)
        #expect(try Scheduler.schedule(plan).groups.count == 2)
    }

    @Test("point at what one run asks of the cluster")
    func overrideFaults() {
        let text = """
            name: x
            test_runs:
              - {name: r, type: max_rate, infrastructure_overrides: {broker_cuont: 3}}
              - {name: s, type: max_rate, infrastructure_overrides: {zookeeper_count: 2}}
              - {name: t, type: max_rate, pulsar_config_overrides: {broker_heap_size: lots}}
            """
        #expect(
            PlanFixture(text.replacing("broker_cuont", with: "broker_count")).messages == [
                "plan.yaml:4:75: error: cluster.zookeeper.count: expected an odd number, found 2: an even number survives "
                    + "no more failures than one less",
                "plan.yaml:5:75: error: cluster.broker.heap: expected a size as Java takes it, such as 512M or 4G, found "
                    + "\"lots\"",
            ]
        )
        #expect(
            PlanFixture(text).messages == [
                "plan.yaml:3:58: error: test_runs[0].infrastructure_overrides: unknown key \"broker_cuont\"; "
                    + "did you mean \"broker_count\"?"
            ]
        )
    }
}

@Suite("Message sizes and drivers")
struct WorkloadAndDriverTests {
    private let run = "test_runs: [{name: r, type: max_rate}]\n"

    @Test("a distribution takes the place of the one size")
    func distribution() throws {
        let plan = try PlanFixture(
            "name: x\nbase_workload: {message_size_distribution: {512-1024: 1, 0-128: 3}}\n" + run
        ).plan()
        let workload = try #require(plan.runs.first?.variants.first?.workload)
        #expect(
            workload.sizeDistribution == [.init(from: 0, to: 128, weight: 3), .init(from: 512, to: 1024, weight: 1)]
        )
        #expect(workload.messageSizeBytes == 240)
    }

    @Test(
        "a distribution that OMB would take wrongly is refused",
        arguments: [
            (
                "message_size: 5, message_size_distribution: {0-9: 1}",
                "base_workload.message_size: cannot be used with message_size_distribution"
            ),
            (
                "message_size_distribution: {9-3: 1}",
                "base_workload.message_size_distribution.9-3: expected a rising range "
                    + "of bytes up to 5242880, such as 128-512"
            ),
            (
                "message_size_distribution: {0-9: 0}",
                "base_workload.message_size_distribution: expected at least one weight above 0"
            ),
        ]
    )
    func badDistribution(keys: String, message: String) {
        let messages = PlanFixture("name: x\nbase_workload: {\(keys)}\n" + run).messages
        #expect(messages.count == 1)
        #expect(messages.first?.hasSuffix("error: \(message)") == true)
    }

    @Test("a driver's keys are laid over the cluster's")
    func driver() throws {
        let plan = try PlanFixture("name: x\ndriver: {client: {ioThreads: 4}, extra: no}\n" + run).plan()
        let driver = try #require(plan.driver).applied(to: "name: Pulsar\nclient:\n  ioThreads: 8\n  serviceUrl: a\n")
        #expect(
            driver == #"{"name": "Pulsar", "client": {"ioThreads": 4, "serviceUrl": "a"}, "extra": "no"}"# + "\n"
        )
    }

    @Test("a secret in a driver belongs into a file")
    func secrets() {
        #expect(
            PlanFixture("name: x\ndriver: {client: {authParams: x}}\n" + run).messages == [
                "plan.yaml:2:19: error: driver.client.authParams: looks like a secret, which has no place in a plan: "
                    + "put it into a file (driver.file)"
            ]
        )
    }

    @Test("a driver's file must be there")
    func missingFile() {
        #expect(
            PlanFixture("name: x\ndriver: {file: nowhere.yaml}\n" + run).messages == [
                "plan.yaml:2:16: error: driver.file: no such file"
            ]
        )
    }
}
