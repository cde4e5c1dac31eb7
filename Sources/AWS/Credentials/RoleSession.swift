import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A role to be assumed: AWS gives temporary credentials for it.
struct RoleSession {
    /// The profile, for errors.
    let profile: String
    let role: String
    /// The profile's keys: `external_id`, `duration_seconds`, `role_session_name`.
    let keys: [String: String]
    /// Where STS is asked, unless the plan names a region.
    let region: String?
    let seams: CredentialSeams

    /// Assumes the role with other credentials (STS AssumeRole).
    func assume(with source: AWSCredentials) async throws -> AWSCredentials {
        let context = STSContext(credentials: source, region: stsRegion, seams: seams)
        var parameters = parameters
        if let id = keys["external_id"] { parameters.set("ExternalId", id) }
        do {
            let reply = try await context.client.query(.sts, "AssumeRole", parameters, safety: .idempotent)
            return try credentials(in: reply["AssumeRoleResult"])
        } catch let error as AWSError {
            throw LabError(aws: error, .preflight, while: "assuming \(role) for the AWS profile “\(profile)”")
        }
    }

    /// Assumes the role with a token that somebody else signed (STS AssumeRoleWithWebIdentity); no credentials needed.
    func assume(withTokenIn file: String) async throws -> AWSCredentials {
        var parameters = parameters
        parameters.set("WebIdentityToken", try seams.text(of: file, "it has the web identity token for \(role)"))
        let endpoint = try Endpoint(.sts, region: stsRegion, cloud: seams.cloud, environment: seams.environment)
        let form = "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&\(parameters.form)"
        let request = HTTPRequest(
            method: "POST",
            url: endpoint.url,
            headers: [.init("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(form.utf8)
        )
        let response = try await seams.http.send(request)
        let reply = XMLNode(response.body)
        guard response.status == 200 else {
            let error = reply?["Error"]
            let said = [error?.text("Code"), error?.text("Message")].compactMap(\.self).joined(separator: ": ")
            throw LabError(
                .preflight,
                "\(role) cannot be assumed with the web identity in \(file)",
                cause: said.isEmpty ? "HTTP \(response.status)" : said
            )
        }
        return try credentials(in: reply?["AssumeRoleWithWebIdentityResult"])
    }

    private var stsRegion: String {
        seams.cloud.region ?? seams.variable("AWS_REGION") ?? seams.variable("AWS_DEFAULT_REGION") ?? region
            ?? "us-east-1"
    }

    private var parameters: QueryParameters {
        var parameters: QueryParameters = [
            "RoleArn": role,
            "RoleSessionName": keys["role_session_name"] ?? "labhost-\(Int(seams.clock.now().timeIntervalSince1970))",
        ]
        if let seconds = keys["duration_seconds"] { parameters.set("DurationSeconds", seconds) }
        return parameters
    }

    private func credentials(in result: XMLNode?) throws -> AWSCredentials {
        let node = result?["Credentials"]
        guard let id = node?.text("AccessKeyId"), let secret = node?.text("SecretAccessKey") else {
            throw LabError(.preflight, "STS gave no credentials for \(role)")
        }
        return AWSCredentials(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: node?.text("SessionToken"),
            expiration: node?.text("Expiration").flatMap(AWSCredentials.date)
        )
    }
}

/// What a client needs to call STS on behalf of a chain that has no credentials yet.
private struct STSContext {
    let client: AWSClient

    init(credentials: AWSCredentials, region: String, seams: CredentialSeams) {
        var cloud = seams.cloud
        cloud.region = region
        client = AWSClient(
            http: seams.http,
            credentials: Fixed(value: credentials),
            cloud: cloud,
            environment: seams.environment,
            clock: seams.clock
        )
    }

    private struct Fixed: CredentialSource {
        let value: AWSCredentials
        func credentials() -> AWSCredentials { value }
    }
}

/// `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN`, as Kubernetes sets them.
struct WebIdentityCredentials: CredentialPlace {
    let seams: CredentialSeams

    var name: String { "the web identity (AWS_WEB_IDENTITY_TOKEN_FILE)" }

    func load() async throws -> AWSCredentials? {
        guard let file = seams.variable("AWS_WEB_IDENTITY_TOKEN_FILE") else { return nil }
        guard let role = seams.variable("AWS_ROLE_ARN") else {
            throw LabError(.preflight, "AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not", hint: "set both")
        }
        let keys = seams.variable("AWS_ROLE_SESSION_NAME").map { ["role_session_name": $0] } ?? [:]
        return try await RoleSession(profile: "", role: role, keys: keys, region: nil, seams: seams)
            .assume(withTokenIn: file)
    }
}
