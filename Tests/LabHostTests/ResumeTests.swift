import PluginAPI
import PluginTestKit
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct ResumeTests {
    /// Takes steps and is killed after them; another engine carries on.
    private func resume(_ fixture: Fixture, after steps: Set<Step>) async throws -> [LabError] {
        _ = await (try fixture.engine()).run(steps, command: "setup", version: "0")
        return await (try fixture.engine()).run(
            Set(Step.allCases),
            command: "resume",
            version: "0",
            isResuming: true
        )
    }

    @Test func `a cluster that is up is measured on, and torn down`() async throws {
        let fixture = try Fixture()
        let errors = try await resume(fixture, after: [.image, .provision, .ready])
        #expect(errors.isEmpty)
        #expect(fixture.log == ["provision", "run one", "run two", "teardown of 1, cancelled: false"])
    }

    @Test func `what was measured is not measured again, and nothing is built for it`() async throws {
        let fixture = try Fixture()
        let errors = try await resume(fixture, after: Set(Step.allCases))
        #expect(errors.isEmpty)
        #expect(fixture.log == ["provision", "run one", "run two", "teardown of 1, cancelled: false"])
    }

    @Test func `a cluster that lost a host is torn down and built again`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.gone = ["i-1"]
        let errors = try await resume(fixture, after: [.image, .provision])
        #expect(errors.isEmpty)
        #expect(
            fixture.log == [
                "provision", "teardown of 1, cancelled: false", "provision", "run one", "run two",
                "teardown of 1, cancelled: false",
            ]
        )
    }

    @Test func `a teardown that was cut off is ended before anything is built`() async throws {
        let fixture = try Fixture()
        _ = await (try fixture.engine()).run([.image, .provision, .ready], command: "setup", version: "0")
        try await fixture.journal.record(.phaseStarted(phase: "teardown"))
        let errors = await (try fixture.engine()).run(
            Set(Step.allCases),
            command: "resume",
            version: "0",
            isResuming: true
        )
        #expect(errors.isEmpty)
        #expect(fixture.log.prefix(3) == ["provision", "teardown of 1, cancelled: false", "provision"])
    }

    @Test func `after the experiment's time nothing is built, and what is left is torn down`() async throws {
        var fixture = try Fixture()
        fixture.experiment.expiry = Date(timeIntervalSince1970: 1)
        let errors = try await resume(fixture, after: [.image, .provision, .ready])
        #expect(errors.map(\.code) == [.preflight])
        #expect(errors.first?.message.contains("expired at 1970-01-01T00:00:01Z") == true)
        #expect(fixture.log == ["provision", "teardown of 1, cancelled: false"])
    }
}
