import Document
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A profile of IAM Identity Center: the token that `aws sso login` left behind buys credentials for a role.
///
/// The token's file is named by the SHA-1 of the session's name, or of the start URL in profiles of the older kind; this is
/// how the AWS tools share it. LabHost does not log in: that takes a browser.
struct SSOCredentials {
    let profile: String
    let keys: [String: String]
    let files: SharedFiles
    let seams: CredentialSeams

    func load() async throws -> AWSCredentials {
        let session = keys["sso_session"]
        let shared = session.flatMap { files.section("sso-session \($0)") } ?? [:]
        func value(_ name: String) throws -> String {
            guard let value = keys[name] ?? shared[name], !value.isEmpty else {
                throw LabError(.preflight, "the AWS profile “\(profile)” has no \(name)")
            }
            return value
        }
        let (region, account, role) = try (value("sso_region"), value("sso_account_id"), value("sso_role_name"))
        let token = try token(named: session ?? value("sso_start_url"))
        let query = "role_name=\(role.percentEncoded())&account_id=\(account.percentEncoded())"
        let host = seams.variable("AWS_ENDPOINT_URL_SSO") ?? "https://portal.sso.\(region).amazonaws.com"
        let request = HTTPRequest(
            url: "\(host)/federation/credentials?\(query)",
            headers: [.init("x-amz-sso_bearer_token", token), .init("accept", "application/json")]
        )
        let response = try await seams.http.send(request)
        guard response.status == 200 else {
            let said = (try? JSON.parse(response.body, file: "answer"))?["message"]?.text
            throw LabError(
                .preflight,
                "IAM Identity Center gives no credentials of \(role) in \(account)",
                cause: said ?? "HTTP \(response.status)",
                hint: "aws sso login --profile \(profile)"
            )
        }
        let root = try? JSON.parse(response.body, file: "answer")
        guard let inner = root?["roleCredentials"] else {
            throw LabError(.preflight, "the answer of IAM Identity Center cannot be read")
        }
        return try AWSCredentials(
            json: Array(YAML.flow(inner).utf8),
            keys: ("accessKeyId", "secretAccessKey", "sessionToken", "expiration"),
            from: "IAM Identity Center"
        )
    }

    private func token(named name: String) throws -> String {
        let path = "\(seams.environment["HOME"] ?? "")/.aws/sso/cache/\(SHA1.hash(Array(name.utf8)).hexadecimal).json"
        let login = "aws sso login --profile \(profile)"
        guard let content = FileManager.default.contents(atPath: path) else {
            throw LabError(.preflight, "nobody is logged in for the AWS profile “\(profile)”", hint: login)
        }
        let root = try? JSON.parse(Array(content), file: path)
        guard let token = root?["accessToken"]?.text, let end = root?["expiresAt"]?.text.flatMap(AWSCredentials.date)
        else { throw LabError(.preflight, "\(path) cannot be read as a login", hint: login) }
        guard end > seams.clock.now() else {
            throw LabError(.preflight, "the login for the AWS profile “\(profile)” has expired", hint: login)
        }
        return token
    }
}
