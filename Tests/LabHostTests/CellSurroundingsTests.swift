import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("What happens around cells") struct CellSurroundingsTests {
    @Test func `a cluster is cleaned between cells, and described once`() async throws {
        let fixture = try Fixture()
        #expect(try await fixture.run().isEmpty)
        #expect(fixture.behaviour.cleanings.withLock { $0 } == ["before two"])
        let record = try RecordBuilder(
            experiment: fixture.experiment,
            schedule: fixture.schedule,
            directory: fixture.directory
        ).record(from: fixture.directory.state())
        #expect(record.cells.map(\.facts) == ["facts-1-1.json", "facts-1-1.json"])
        let host = try #require(record.facts["facts-1-1.json"]?.hosts.first)
        #expect(record.facts.count == 1)
        #expect(host.kernel == "Linux 6.1.0" && host.java == nil && host.host == "broker-1")
    }

    @Test func `what could not be cleaned away casts doubt on the next cell, and on no other`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.cleaningFault = "10.0.1.7 is still connected"
        #expect(try await fixture.run().isEmpty)
        let state = try fixture.directory.state()
        #expect(state.cells["one"]?.verdict == .valid)
        #expect(state.cells["two"]?.verdict == .suspect)
        let outcome = try JSONCoding.decode(CellOutcome.self, from: Files.read(fixture.directory.outcome(of: "two")))
        #expect(outcome.causes.map(\.code) == [.notClean])
        #expect(outcome.reasons.first?.hasSuffix("broker-1: 10.0.1.7 is still connected") == true)
    }

    @Test func `a host that is gone voids the cell, and no other is measured on what is left of the cluster`()
        async throws
    {
        var fixture = try Fixture()
        let lost = fixture.behaviour.lost
        fixture.behaviour.run = { _ in
            lost.withLock { _ = $0.insert("i-1") }
            return CellOutcome(verdict: .invalid, reasons: ["OMB hung"])
        }
        let errors = try await fixture.run()
        #expect(errors.first?.code == .benchmark)
        #expect(errors.first?.message == "the cluster lost broker-1 (i-1)")
        #expect(errors.first?.hint?.contains("labhost resume") == true)
        #expect(Engine.exitCode(for: errors) == 13)
        #expect(fixture.log == ["provision", "run one", "teardown of 1, cancelled: false"])
        let outcome = try JSONCoding.decode(CellOutcome.self, from: Files.read(fixture.directory.outcome(of: "one")))
        #expect(outcome.causes.map(\.code) == [.hostGone, .other])
    }

    @Test func `losses name spot instances as what they are`() {
        let host = Host(
            name: "broker-1",
            component: "broker",
            instanceID: "i-1",
            privateAddress: "10.0.1.6",
            instanceType: "m6i.large",
            isSpot: true
        )
        let outcome = CellOutcome(verdict: .valid, result: .sample)
            .voided(by: [(host, "terminated: Server.SpotInstanceTermination")])
        #expect(outcome.verdict == .invalid)
        #expect(outcome.causes.map(\.code) == [.spotInterruption])
        #expect(
            outcome.reasons
                == ["spot interruption: broker-1 (i-1) is terminated: Server.SpotInstanceTermination"]
        )
    }
}
