public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A place where credentials may be.
protocol CredentialPlace: Sendable {
    /// What it is called in “looked at …”.
    var name: String { get }

    /// The credentials there; nil when there are none.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when something is there that cannot be used, so
    ///   that it is not passed over in silence.
    func load() async throws -> AWSCredentials?

    /// Whether it may have others later.
    var mayChange: Bool { get }
}

extension CredentialPlace {
    var mayChange: Bool { true }
}

/// AWS credentials from the first place that has some, kept until they are about to end.
///
/// However many callers ask at once, each place is looked at once. The order is that of the AWS tools: the environment, a
/// web identity, the profile in the shared files, the container's endpoint, the instance's own role; a profile named by
/// the plan or the command line is the only place that is looked at.
public actor CredentialChain: CredentialSource {
    private let places: [any CredentialPlace]
    private let clock: LabClock
    private var known: AWSCredentials?
    private var place: (any CredentialPlace)?
    private var lookup: Task<AWSCredentials, any Error>?

    /// Temporary credentials are renewed this long before they end; AWS's own renew theirs five minutes before.
    private static let renewal: TimeInterval = 300
    /// With less than this left, credentials that could not be renewed are of no use any more.
    private static let least: TimeInterval = 30

    /// Makes the standard chain.
    ///
    /// - Parameters:
    ///   - profile: The profile named by the plan or the command line.
    ///   - cloud: The region and the endpoint of STS, where roles are assumed.
    ///   - environment: The process environment.
    ///   - http: How endpoints are asked.
    ///   - processes: How a profile's `credential_process` is run.
    ///   - clock: Tells when temporary credentials end.
    public init(
        profile: String? = nil,
        cloud: CloudSettings = CloudSettings(),
        environment: [String: String],
        http: any HTTPTransport,
        processes: any ProcessRunner,
        clock: LabClock = .system
    ) {
        let seams = CredentialSeams(
            cloud: cloud,
            environment: environment,
            http: http,
            processes: processes,
            clock: clock
        )
        let files = ProfileCredentials(profile: profile, seams: seams)
        let named = profile.map { !$0.isEmpty } ?? false
        let all: [any CredentialPlace] = [
            EnvironmentCredentials(environment: environment), WebIdentityCredentials(seams: seams), files,
            ContainerCredentials(seams: seams), InstanceCredentials(seams: seams),
        ]
        self.init(places: named ? [files] : all, clock: clock)
    }

    init(places: [any CredentialPlace], clock: LabClock) {
        self.places = places
        self.clock = clock
    }

    /// Credentials that are valid now; temporary ones are renewed before they end.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` that says where it looked. What cannot be renewed is
    ///   used for as long as it is valid.
    public func credentials() async throws -> AWSCredentials {
        if let known, lasts(known, Self.renewal) { return known }
        do { return try await renewed() } catch {
            guard let known, lasts(known, Self.least), !(error is CancellationError) else { throw error }
            return known
        }
    }

    /// Whether the place that the credentials came from may have others later.
    public var mayChange: Bool { place?.mayChange ?? true }

    /// Looks again, whatever the credentials say of their end.
    public func renew(_ refused: AWSCredentials) async throws {
        // Another call was refused, too, and was first to ask.
        if let known, known != refused { return }
        guard try await renewed() == refused else { return }
        throw LabError(
            .preflight,
            "the AWS credentials \(refused.accessKeyID) have ended",
            cause: "there are still no others in \(place?.name ?? "the place that they came from")",
            hint: mayChange ? "log in again" : "give new ones to a new process"
        )
    }

    private func renewed() async throws -> AWSCredentials {
        if let lookup { return try await lookup.value }
        // A task of its own, because the callers share it: cancelling one of them must not fail the others.
        // It keeps what it finds by itself: whoever waited for it may go on before the one who began it.
        let lookup = Task {
            defer { self.lookup = nil }
            let found = try await look()
            known = found
            return found
        }
        self.lookup = lookup
        return try await lookup.value
    }

    private func lasts(_ credentials: AWSCredentials, _ seconds: TimeInterval) -> Bool {
        guard let expiration = credentials.expiration else { return true }
        return expiration.timeIntervalSince(clock.now()) > seconds
    }

    private func look() async throws -> AWSCredentials {
        for place in places {
            if let found = try await place.load() {
                self.place = place
                return found
            }
        }
        throw LabError(
            .preflight,
            "no AWS credentials were found",
            cause: "looked at \(places.map(\.name).joined(separator: ", then "))",
            hint: "run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        )
    }
}

/// `AWS_ACCESS_KEY_ID` and its companions.
struct EnvironmentCredentials: CredentialPlace {
    let environment: [String: String]

    var name: String { "the environment (AWS_ACCESS_KEY_ID)" }
    var mayChange: Bool { false }

    func load() throws -> AWSCredentials? {
        func value(_ name: String) -> String? {
            guard let text = environment[name]?.trimmed, !text.isEmpty else { return nil }
            return text
        }
        switch (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY")) {
        case (let id?, let secret?):
            return AWSCredentials(
                accessKeyID: id,
                secretAccessKey: secret,
                sessionToken: value("AWS_SESSION_TOKEN") ?? value("AWS_SECURITY_TOKEN")
            )
        case (nil, nil): return nil
        case (let id, _):
            let missing = id == nil ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"
            throw LabError(.preflight, "\(missing) is not set, but its companion is", hint: "set both, or neither")
        }
    }
}
