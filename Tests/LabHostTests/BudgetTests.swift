import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LabHost

/// An experiment that may not cost more than its limit: the hosts cost $36 an hour, which is a cent a second.
@Suite struct BudgetTests {
    private func fixture(limit: Double, keep: Experiment.KeepPolicy = .never) throws -> Fixture {
        var fixture = try Fixture(keep: keep)
        fixture.experiment.maxCostUSD = limit
        fixture.behaviour.perHour = .usd(36)
        fixture.waits = true
        return fixture
    }

    private func spent(_ fixture: Fixture) async -> Double {
        let state = await fixture.journal.snapshot
        return Spending(state.resources, at: fixture.clock.labClock.now())?.spent.usd ?? .nan
    }

    @Test func `a cell that would go past the limit is not begun, and what was measured is kept`() async throws {
        var fixture = try fixture(limit: 15, keep: .always)
        let clock = fixture.clock
        fixture.behaviour.run = { _ in
            clock.advance(by: .seconds(900))
            return CellOutcome(verdict: .valid, result: .sample)
        }
        let errors = try await fixture.engine().run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.map(\.code) == [.budget])
        #expect(Engine.exitCode(for: errors) == 16)
        #expect(errors.first?.message.contains("$9.00 are spent, and measuring two and tearing down takes") == true)
        let state = await fixture.journal.snapshot
        #expect(state.cells["one"]?.verdict == .valid)
        #expect(state.cells["two"] == nil)
        // Torn down although the cluster was to be kept: it goes on costing money.
        #expect(state.isTornDown)
        #expect(fixture.log.contains { $0.hasPrefix("teardown of 1") })
        #expect(try String(decoding: Files.read(fixture.directory.report.appending("count.txt")), as: UTF8.self) == "1")
        #expect(await spent(fixture) <= 15)
    }

    @Test func `a cell that takes too long is stopped before the limit, with what tearing down takes`() async throws {
        var fixture = try fixture(limit: 15)
        let clock = fixture.clock
        fixture.behaviour.run = { cell in
            if cell.name == "one" {
                clock.advance(by: .seconds(100))
                return CellOutcome(verdict: .valid, result: .sample)
            }
            // $13.30: above what leaves three minutes for the teardown, which is $13.20.
            clock.advance(by: .seconds(1230))
            for _ in 0..<1_000_000 {
                try Task.checkCancellation()
                await Task.yield()
            }
            return CellOutcome(verdict: .valid, result: .sample)
        }
        let errors = try await fixture.engine().run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.map(\.code) == [.budget])
        #expect(errors.first?.message.hasPrefix("stopped before the limit of $15.00: $13.30 are spent") == true)
        let state = await fixture.journal.snapshot
        #expect(state.cells["one"]?.verdict == .valid)
        #expect(state.cells["two"]?.verdict == nil)
        #expect(state.isTornDown)
        #expect(await spent(fixture) <= 15)
    }

    @Test func `a cluster that the money is not enough for is not built`() async throws {
        var fixture = try fixture(limit: 15)
        fixture.schedule = Schedule(groups: [
            .init(spec: .sample, cells: [.sample("one")]), .init(spec: .sample, cells: [.sample("two")]),
        ])
        let clock = fixture.clock
        fixture.behaviour.run = { _ in
            clock.advance(by: .seconds(600))
            return CellOutcome(verdict: .valid, result: .sample)
        }
        let errors = try await fixture.engine().run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.map(\.code) == [.budget])
        #expect(errors.first?.message.contains("building a cluster, measuring two") == true)
        #expect(fixture.log.count { $0 == "provision" } == 1)
        #expect(await fixture.journal.snapshot.isTornDown)
    }

    @Test func `a price that is unknown stops an experiment that has a limit`() async throws {
        var fixture = try fixture(limit: 1000)
        fixture.behaviour.perHour = .unknown("no price of t3.small")
        let errors = try await fixture.engine().run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.map(\.code) == [.budget])
        #expect(errors.first?.cause == "no price of t3.small")
        #expect(!fixture.log.contains("provision"))
    }

    @Test func `without a limit nothing is stopped, and the record has the costs`() async throws {
        var fixture = try fixture(limit: 15)
        fixture.experiment.maxCostUSD = nil
        let clock = fixture.clock
        fixture.behaviour.run = { _ in
            clock.advance(by: .seconds(3600))
            return CellOutcome(verdict: .valid, result: .sample)
        }
        let errors = try await fixture.engine().run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.isEmpty)
        let record = try RecordBuilder(
            experiment: fixture.experiment,
            schedule: fixture.schedule,
            directory: fixture.directory
        ).record(from: await fixture.journal.snapshot)
        #expect(record.costs?.total == .usd(72))
        #expect(record.costs?.cells["two"]?.cost == .usd(36))
        // $36 an hour for 36 million messages.
        #expect(record.costs?.cells["two"]?.perMillionMessages == .usd(1))
    }
}

/// What a plan will cost, compared with a calculation by hand.
@Suite struct ForecastTests {
    private func cell(_ name: String, minutes: Int, policy: RatePolicy = .fixed) -> Cell {
        var cell = Cell.sample(name)
        cell.policy = policy
        cell.workload.testMinutes = minutes
        cell.workload.warmupMinutes = 1
        return cell
    }

    /// Two groups: a cluster of $3.60 an hour (one of its hosts on spot, at most $7.20), and one of $36.
    private func forecast(times: MeasuredTimes = MeasuredTimes()) -> CostForecast {
        let schedule = Schedule(groups: [
            .init(spec: .sample, cells: [cell("short", minutes: 5), cell("long", minutes: 47)]),
            .init(spec: .sample, cells: [cell("dear", minutes: 5)]),
        ])
        func priced(_ perHour: Double, atMost: Double) -> CostForecast.Priced {
            let part = Rate.Part(kind: "instance", what: "x", perHour: .usd(perHour), mostPerHour: .usd(atMost))
            let host = Resource(kind: "instance", id: "", name: "broker-1", attributes: ["component": "broker"])
            return CostForecast.Priced(resources: [host], rates: [Rate(parts: [part])])
        }
        return CostForecast(
            schedule,
            [priced(3.6, atMost: 7.2), priced(36, atMost: 36)],
            maxDuration: .seconds(3 * 3600),
            times: times
        )
    }

    @Test func `low, expected and high are those of a calculation by hand`() throws {
        let forecast = forecast()
        // Ten minutes around, then 8 and 50 minutes, at 6 cents a minute; ten minutes around and 8 at 60 cents.
        #expect(abs((forecast.clusters[0].range.expected.usd ?? 0) - 68 * 0.06) < 1e-9)
        #expect(abs((forecast.clusters[0].range.low.usd ?? 0) - 63 * 0.06) < 1e-9)
        #expect(abs((forecast.clusters[0].range.high.usd ?? 0) - 68 * 0.12) < 1e-9)
        #expect(abs((forecast.clusters[1].range.expected.usd ?? 0) - 18 * 0.6) < 1e-9)
        #expect(abs((forecast.range.expected.usd ?? 0) - (68 * 0.06 + 18 * 0.6)) < 1e-9)
        #expect(forecast.perHour == .usd(36))
        #expect(abs((forecast.clusters[0].cells[1].expected.usd ?? 0) - 50 * 0.06) < 1e-9)
        #expect(forecast.items.map(\.component) == ["broker"])
    }

    @Test func `what was measured before wins over what is assumed`() {
        let times = MeasuredTimes(cells: ["": .seconds(60)], overhead: .seconds(300))
        #expect(abs((forecast(times: times).clusters[0].range.expected.usd ?? 0) - 7 * 0.06) < 1e-9)
    }

    @Test func `above the limit the plan is refused, and the cells that would fit are named`() {
        let budget = Budget(limit: 2)
        let error = #expect(throws: LabError.self) { try budget.check(forecast()) }
        #expect(error?.code == .budget)
        #expect(error?.message == "the plan is likely to cost $14.88, above its limit of $2.00")
        #expect(error?.cause == "1 of 3 cells would fit: short")
        #expect(error?.hint == "--only short, or --max-cost 16.37")
        #expect(throws: LabError.self) { try Budget(limit: 0.5).check(forecast()) }
        #expect(throws: Never.self) { try Budget(limit: 14.89).check(forecast()) }
    }

    @Test func `a plan whose cost is unknown is refused when it has a limit, and never counted as nothing`() {
        let schedule = Schedule(groups: [.init(spec: .sample, cells: [cell("one", minutes: 5)])])
        let unknown = CostForecast(
            schedule,
            [CostForecast.Priced(resources: nil, rates: [])],
            maxDuration: .seconds(3600)
        )
        #expect(unknown.range.expected.usd == nil)
        let error = #expect(throws: LabError.self) { try Budget(limit: 100).check(unknown) }
        #expect(error?.code == .budget)
        #expect(error?.cause?.contains("own module") == true)
        #expect(unknown.summary.first?.hasPrefix("cost: unknown (only the provisioner's own module") == true)
        let nothing = CostForecast(
            schedule,
            [CostForecast.Priced(resources: [], rates: [])],
            maxDuration: .seconds(3600)
        )
        #expect(throws: Never.self) { try Budget(limit: 0).check(nothing) }
    }
}
