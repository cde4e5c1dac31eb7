import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LabHost

@Suite struct InterimReportTests {
    @Test func `after every cell there is a report of those that have ended`() async throws {
        var fixture = try Fixture()
        let report = fixture.directory.report.appending("count.txt")
        let seen = Locked<[String]>([])
        fixture.behaviour.run = { cell in
            let text = String(decoding: try LocalFile.read(report) ?? [], as: UTF8.self)
            seen.withLock { $0.append("before \(cell.name): \(text)") }
            return CellOutcome(verdict: .valid, result: .sample)
        }
        #expect(try await fixture.run().isEmpty)
        #expect(seen.withLock { $0 } == ["before one: ", "before two: 1"])
    }

    @Test func `a reporter that fails in between is warned of once, and nothing stops`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.report = { throw LabError(.reporting, "the disk is full") }
        let errors = try await fixture.run()
        #expect(errors.map(\.code) == [.reporting])
        #expect(fixture.log.filter { $0.hasPrefix("run") } == ["run one", "run two"])
        let warnings = try fixture.journalText.split(separator: "\n").filter { $0.contains("while cells are measured") }
        #expect(warnings.count == 1)
    }

    @Test func `a cluster that could not be created has a report that says so`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.provision = { throw LabError(.provisioning, "no capacity") }
        _ = try await fixture.run()
        let report = try LocalFile.read(fixture.directory.report.appending("count.txt"))
        #expect(report == Array("0".utf8))
    }

    @Test(arguments: [nil, true, false])
    func `reports hold every series in time, and only the figures when the plan says so`(_ includesRawData: Bool?)
        async throws
    {
        var fixture = try Fixture()
        fixture.experiment.includesRawData = includesRawData
        fixture.behaviour.run = { _ in CellOutcome(verdict: .valid, result: .withPeriods) }
        #expect(try await fixture.run().isEmpty)
        let record = try #require(fixture.behaviour.record.withLock { $0 })
        let results = record.cells.compactMap { $0.outcome?.result }
        #expect(results.map(\.periods.count) == (includesRawData == false ? [0, 0] : [3, 3]))
        #expect((record.metrics == nil) == (includesRawData == false))
        #expect(record.cells.allSatisfy { $0.samples.isEmpty } || includesRawData != false)
        #expect(results.allSatisfy { $0.publishRate == BenchmarkResult.withPeriods.publishRate })
    }

    @Test func `reports in between take no more than a twentieth of the time`() {
        var pace = InterimPace()
        #expect(pace.isDue(at: .seconds(100)))
        pace.wrote(from: .seconds(100), to: .seconds(101))
        #expect(!pace.isDue(at: .seconds(120)))
        #expect(pace.isDue(at: .seconds(121)))
    }
}
