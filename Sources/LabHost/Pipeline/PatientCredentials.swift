import PluginAPI

/// Credentials that are waited for: when they end in the middle of an experiment, hosts run on that only new ones can end.
///
/// Before any were had, nothing is waited for: then nothing exists yet. All plugins of an experiment share one, so that
/// the person is told once.
actor PatientCredentials: CredentialSource {
    private let source: any CredentialSource
    private let clock: LabClock
    private let warn: @Sendable (String) async -> Void
    private var hadSome = false
    private var isWaiting = false

    /// How long somebody may take to log in; well within the time that hosts live on without LabHost.
    static let patience = Duration.seconds(900)
    private static let interval = Duration.seconds(5)

    /// Waits for a source.
    ///
    /// - Parameters:
    ///   - source: Where credentials come from.
    ///   - clock: Time.
    ///   - warn: Tells a person, once for each wait.
    init(_ source: any CredentialSource, clock: LabClock, warn: @escaping @Sendable (String) async -> Void) {
        self.source = source
        self.clock = clock
        self.warn = warn
    }

    var mayChange: Bool {
        get async { await source.mayChange }
    }

    func credentials() async throws -> AWSCredentials {
        let found =
            if hadSome { try await patiently { try await self.source.credentials() } } else {
                try await source.credentials()
            }
        hadSome = true
        return found
    }

    func renew(_ refused: AWSCredentials) async throws {
        try await patiently { try await self.source.renew(refused) }
    }

    private func patiently<Value: Sendable>(_ ask: () async throws -> Value) async throws -> Value {
        let deadline = clock.uptime() + Self.patience
        while true {
            do {
                let value = try await ask()
                isWaiting = false
                return value
            } catch let error as LabError where error.code == .preflight {
                guard await source.mayChange, clock.uptime() < deadline else { throw error }
                if !isWaiting {
                    isWaiting = true
                    await warn(
                        "\(error.message): waiting \(Durations.short(Self.patience)) for new ones"
                            + (error.hint.map { "; \($0)" } ?? "")
                    )
                }
                try await clock.sleep(Self.interval)
            }
        }
    }
}

extension Seams {
    /// The same doors, with credentials that an experiment waits for.
    func waitingForCredentials(of experiment: Experiment, in journal: Journal) -> Seams {
        let patient = PatientCredentials(credentials(experiment.cloud), clock: clock) { text in
            // What waits has its own error when it has waited long enough; a journal that cannot be written has another.
            try? await journal.record(.note(phase: "credentials", level: .warning, text: text))
        }
        var seams = self
        seams.credentials = { _ in patient }
        return seams
    }
}
