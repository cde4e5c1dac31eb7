import PluginAPI
import PluginTestKit
import Testing

@testable import LabHost

@Suite struct PatientCredentialsTests {
    /// A source that fails as told, call after call, and then gives credentials.
    private struct Source: CredentialSource {
        let answers: Locked<[LabError?]>
        var mayChange = true

        func credentials() async throws -> AWSCredentials { try next() }
        func renew(_ refused: AWSCredentials) async throws { _ = try next() }

        private func next() throws -> AWSCredentials {
            let answer = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let answer { throw answer }
            return AWSCredentials(accessKeyID: "NEW", secretAccessKey: "secret")
        }
    }

    private let clock = TestClock()
    private let warnings = Locked<[String]>([])
    private static let ended = LabError(.preflight, "the session has ended", hint: "aws sso login")

    private func patient(_ answers: [LabError?], mayChange: Bool = true) -> PatientCredentials {
        let warnings = warnings
        return PatientCredentials(Source(answers: Locked(answers), mayChange: mayChange), clock: clock.labClock) {
            text in
            warnings.withLock { $0.append(text) }
        }
    }

    private func error(_ work: () async throws -> Void) async -> LabError? {
        do { try await work() } catch { return error as? LabError }
        return nil
    }

    @Test func `without any credentials nothing is waited for`() async {
        let patient = patient([Self.ended])
        #expect(await error { _ = try await patient.credentials() } == Self.ended)
        #expect(clock.slept == .zero)
    }

    @Test func `credentials that end are waited for, and a person is told once`() async throws {
        let patient = patient([nil, Self.ended, Self.ended, nil])
        _ = try await patient.credentials()
        #expect(try await patient.credentials().accessKeyID == "NEW")
        #expect(clock.slept == .seconds(10))
        #expect(
            warnings.withLock { $0 } == ["the session has ended: waiting 15 min 00 s for new ones; aws sso login"]
        )
    }

    @Test func `refused credentials are waited for no longer than patience lasts`() async {
        let patient = patient(Array(repeating: Self.ended, count: 1000))
        let refused = AWSCredentials(accessKeyID: "OLD", secretAccessKey: "secret")
        #expect(await error { try await patient.renew(refused) } == Self.ended)
        #expect(clock.slept == PatientCredentials.patience)
        #expect(warnings.withLock { $0.count } == 1)
    }

    @Test func `what cannot change is not waited for`() async {
        let patient = patient([Self.ended], mayChange: false)
        let refused = AWSCredentials(accessKeyID: "OLD", secretAccessKey: "secret")
        #expect(await error { try await patient.renew(refused) } == Self.ended)
        #expect(clock.slept == .zero)
    }

    @Test func `an error that no login mends is not waited for`() async throws {
        let broken = LabError(.failed, "the disk is broken")
        let patient = patient([nil, broken])
        _ = try await patient.credentials()
        #expect(await error { _ = try await patient.credentials() } == broken)
        #expect(clock.slept == .zero)
    }
}
