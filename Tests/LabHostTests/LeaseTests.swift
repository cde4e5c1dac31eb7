import PluginAPI
import PluginTestKit
import Testing

@testable import LabHost

/// Hosts hear of LabHost while it works on them.
@Suite struct LeaseTests {
    @Test func `leases are renewed while cells are measured, and no more when hosts are torn down`() async throws {
        var fixture = try Fixture()
        fixture.experiment.leaseSeconds = 3600
        let renewals = fixture.behaviour.renewals
        fixture.behaviour.run = { _ in
            let before = renewals.withLock { $0.count }
            while renewals.withLock({ $0.count }) < before + 3 { await Task.yield() }
            return CellOutcome(verdict: .valid, result: .sample)
        }
        #expect(try await fixture.run().isEmpty)
        let all = renewals.withLock { $0 }
        #expect(all.count >= 6)
        #expect(Set(all) == ["renew for 3600 s"])
        // Each a quarter of a lease after the one before it.
        #expect(fixture.clock.slept >= .seconds(900) * all.count)
    }

    @Test func `hosts that are kept are left to live until they expire`() async throws {
        var fixture = try Fixture(keep: .always)
        fixture.experiment.leaseSeconds = 3_600_000
        #expect(try await fixture.run().isEmpty)
        #expect(fixture.behaviour.renewals.withLock { $0.last } == "renew for good")
    }
}
