import OMBRunner
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import DryRunExecutor

@Suite("The dry-run executor plays OMB")
struct DryRunExecutorTests {
    private let clock = TestClock()
    private let events = EventRecorder()
    private let cluster = Cluster.simulated()

    private func measure(_ cell: Cell, in directory: TemporaryDirectory) async throws -> CellOutcome {
        let context = PluginContext.fake(directory: directory.path, events: events, clock: clock.labClock)
        let executor = try DryRunExecutor(options: DryRunOptions(), context: context)
        _ = try await executor.reachability(of: cluster.hosts)
        let request = RunRequest(cell: cell, cluster: cluster, driver: cluster.driver, directory: directory.path)
        return try await OMBRunner(options: OMBOptions(), context: context).run(request, through: executor)
    }

    @Test("a rate within capacity is a valid cell, at sixty times the speed of life")
    func withinCapacity() async throws {
        let directory = try TemporaryDirectory()
        let outcome = try await measure(.fixed("steady", rate: 5000), in: directory)
        #expect(outcome.reasons == [])
        #expect(outcome.verdict == .valid)
        let result = try #require(outcome.result)
        #expect(abs(result.publishRate - 5000) < 25)
        #expect(result.periods.count == 6)
        #expect(result.driver.contains("simulated"))
        #expect(result.publishLatency.p50Ms < result.publishLatency.p99Ms)
        // This clock adds up what hosts wait for at the same time: two commands to each, which sample its load.
        #expect(clock.slept < .seconds(4) + .milliseconds(600) * cluster.hosts.count)
        let log = try directory.text("omb.log")
        #expect(log.hasPrefix("simulated by LabHost's dry-run executor"))
    }

    @Test("each period is told as it ends, warm-up apart")
    func periods() async throws {
        _ = try await measure(.fixed("steady", rate: 5000), in: try TemporaryDirectory())
        let samples = await events.events.compactMap { event -> PeriodSample? in
            guard case .period(let sample) = event else { return nil }
            return sample
        }
        #expect(samples.map(\.isWarmup) == Array(repeating: true, count: 6) + Array(repeating: false, count: 6))
        #expect(samples.allSatisfy { $0.cell == "steady" && abs($0.publishRate - 5000) < 50 })
    }

    @Test("more than the capacity is a suspect cell whose delay grows")
    func overload() async throws {
        let outcome = try await measure(.fixed("flood", rate: 900_000), in: try TemporaryDirectory())
        #expect(outcome.verdict == .suspect)
        #expect(outcome.reasons.contains { $0.contains("of 900,000 msg/s asked for") })
        #expect(outcome.reasons.contains { $0.hasPrefix("publish delay grew") })
    }

    @Test("the same cell gives the same numbers again, and another repetition gives others")
    func noise() async throws {
        let first = try await measure(.fixed("steady#1", rate: 5000), in: try TemporaryDirectory())
        let again = try await measure(.fixed("steady#1", rate: 5000), in: try TemporaryDirectory())
        let other = try await measure(.fixed("steady#2", rate: 5000), in: try TemporaryDirectory())
        #expect(first == again)
        #expect(first.result?.publishLatency != other.result?.publishLatency)
    }

    @Test("a cluster with fewer bookies than the ensemble fails as Pulsar does")
    func tooFewBookies() async throws {
        var cell = Cell.fixed("steady", rate: 5000)
        cell.name = "few"
        let directory = try TemporaryDirectory()
        let context = PluginContext.fake(directory: directory.path, events: events, clock: clock.labClock)
        let executor = try DryRunExecutor(options: DryRunOptions(), context: context)
        var few = cluster
        few.hosts.removeAll { $0.name == "bookkeeper-3" }
        _ = try await executor.reachability(of: few.hosts)
        let request = RunRequest(cell: cell, cluster: few, driver: few.driver, directory: directory.path)
        let outcome = try await OMBRunner(options: OMBOptions(), context: context).run(request, through: executor)
        #expect(outcome.verdict == .invalid)
        #expect(outcome.reasons.contains { $0.contains("Not enough non-faulty bookies") })
        #expect(outcome.result == nil)
    }

    @Test("a search converges, is confirmed, and keeps every probe; once ended, none is run again")
    func search() async throws {
        var cell = Cell.fixed("slo", rate: 1)
        cell.type = .search
        cell.workload.producerRate = nil
        let objective = RatePolicy.Objective(percentile: 99, latencyMs: 20)
        cell.policy = .search(.init(objective: objective, lowest: 1000, highest: 1_000_000, precisionPercent: 5))
        let directory = try TemporaryDirectory()
        let outcome = try await measure(cell, in: directory)
        #expect(outcome.verdict == .valid, "\(outcome.reasons)")
        let finding = try #require(outcome.finding)
        #expect(finding.isConfirmed)
        let (good, bad) = (try #require(finding.lastGoodRate), try #require(finding.firstBadRate))
        #expect(good > 1000 && good < bad && bad < 1_000_000)
        #expect(abs((outcome.result?.publishRate ?? 0) / Double(good) - 1) < 0.01)
        for probe in outcome.probes { #expect(try !directory.text("probes/\(probe.name)/result.json").isEmpty) }

        let slept = clock.slept
        #expect(try await measure(cell, in: directory) == outcome)
        #expect(clock.slept - slept < .seconds(1))
    }

    @Test("a rising rate finds where the cluster stops to keep up")
    func breakingPoint() async throws {
        var cell = Cell.fixed("breaking", rate: 1)
        cell.type = .scaleToFailure
        cell.workload.producerRate = nil
        let rates = [10_000, 40_000, 160_000, 640_000, 2_560_000]
        cell.policy = .untilFailure(.init(rates: rates, criteria: .init(minAchievedPercent: 95)))
        let outcome = try await measure(cell, in: try TemporaryDirectory())
        let finding = try #require(outcome.finding)
        #expect(rates.contains(try #require(finding.lastGoodRate)))
        #expect(finding.limit?.contains("min_achieved_percent") == true)
        #expect(outcome.verdict == .valid, "\(outcome.reasons)")
    }

    @Test("what OMB's own search finds is confirmed at a fixed rate")
    func confirmedMaximum() async throws {
        var cell = Cell.fixed("max", rate: 1)
        cell.type = .maxRate
        cell.workload.producerRate = nil
        cell.policy = .maximum(confirms: true)
        let outcome = try await measure(cell, in: try TemporaryDirectory())
        #expect(outcome.probes.count == 2)
        #expect(outcome.probes.first?.reasons == ["search result: a hint, not a confirmed rate"])
        #expect(outcome.finding?.isConfirmed == true, "\(outcome.reasons)")
        #expect(outcome.verdict == .valid, "\(outcome.reasons)")
    }

    @Test("sizes by distribution are sent as OMB takes them")
    func distribution() async throws {
        var cell = Cell.fixed("mixed", rate: 1000)
        cell.workload.sizeDistribution = [.init(from: 0, to: 128, weight: 3), .init(from: 512, to: 1024, weight: 1)]
        let directory = try TemporaryDirectory()
        #expect(try await measure(cell, in: directory).verdict == .valid)
        let workload = try directory.text("workload.yaml")
        #expect(workload.contains("messageSizeDistribution:\n  \"0-128\": 3\n  \"512-1024\": 1\n"))
        #expect(!workload.contains("messageSize:"))
    }
}
