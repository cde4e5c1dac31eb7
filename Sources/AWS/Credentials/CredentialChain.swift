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
}

/// AWS credentials from the first place that has some, kept until they are about to end.
///
/// However many callers ask at once, each place is looked at once. The order is that of the AWS tools: the
/// environment, then the profile in the shared files; a profile named by the plan or the command line goes before the
/// environment.
public actor CredentialChain: CredentialSource {
    private let places: [any CredentialPlace]
    private let clock: LabClock
    private var known: AWSCredentials?
    private var lookup: Task<AWSCredentials, any Error>?

    /// Makes the standard chain.
    ///
    /// - Parameters:
    ///   - profile: The profile named by the plan or the command line.
    ///   - environment: The process environment.
    ///   - clock: Tells when temporary credentials end.
    public init(profile: String? = nil, environment: [String: String], clock: LabClock = .system) {
        let files = ProfileCredentials(profile: profile, environment: environment)
        let named = profile.map { !$0.isEmpty } ?? false
        self.init(places: named ? [files] : [EnvironmentCredentials(environment: environment), files], clock: clock)
    }

    init(places: [any CredentialPlace], clock: LabClock) {
        self.places = places
        self.clock = clock
    }

    /// Credentials that are valid for at least the next minute.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` that says where it looked.
    public func credentials() async throws -> AWSCredentials {
        if let known, isFresh(known) { return known }
        if let lookup { return try await lookup.value }
        // A task of its own, because the callers share it: cancelling one of them must not fail the others.
        let lookup = Task { try await look() }
        self.lookup = lookup
        defer { self.lookup = nil }
        let found = try await lookup.value
        known = found
        return found
    }

    private func isFresh(_ credentials: AWSCredentials) -> Bool {
        guard let expiration = credentials.expiration else { return true }
        return expiration.timeIntervalSince(clock.now()) > 60
    }

    private func look() async throws -> AWSCredentials {
        for place in places {
            if let found = try await place.load() { return found }
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

/// A profile of the shared files.
struct ProfileCredentials: CredentialPlace {
    let profile: String?
    let environment: [String: String]

    var name: String {
        guard let files = try? SharedFiles(environment: environment) else { return "the shared files" }
        return "the profile “\(files.profileName(given: profile))” in \(files.places.isEmpty ? "~/.aws" : files.places)"
    }

    func load() throws -> AWSCredentials? {
        let files = try SharedFiles(environment: environment)
        let name = files.profileName(given: profile)
        guard let keys = files.profile(name) else {
            // Nobody asked for `default`; whoever names another one means it.
            guard name != "default" else { return nil }
            throw LabError(
                .preflight,
                "there is no AWS profile “\(name)”",
                cause: "\(files.places) have: \(files.names.isEmpty ? "none" : files.names.joined(separator: ", "))",
                hint: "run `aws configure --profile \(name)`, or name another profile"
            )
        }
        switch (keys["aws_access_key_id"], keys["aws_secret_access_key"]) {
        case (let id?, let secret?) where !id.isEmpty && !secret.isEmpty:
            return AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: keys["aws_session_token"])
        case (nil, nil):
            let indirect = [
                "role_arn", "source_profile", "credential_process", "sso_session", "sso_start_url",
                "web_identity_token_file", "credential_source", "login_session",
            ]
            guard let means = indirect.first(where: { keys[$0] != nil }) else { return nil }
            throw LabError(
                .preflight,
                "the AWS profile “\(name)” uses \(means), which is not supported yet",
                hint: "eval \"$(aws configure export-credentials --profile \(name) --format env)\", then repeat the "
                    + "command without naming the profile"
            )
        default:
            throw LabError(
                .preflight,
                "the AWS profile “\(name)” has only one half of an access key",
                cause: "looked at \(files.places)",
                hint: "run `aws configure --profile \(name)`"
            )
        }
    }
}
