import Document
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The doors through which credentials come.
struct CredentialSeams: Sendable {
    let cloud: CloudSettings
    let environment: [String: String]
    let http: any HTTPTransport
    let processes: any ProcessRunner
    let clock: LabClock

    /// A variable that says something.
    func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A small local file's text, without blanks around it.
    ///
    /// - Throws: ``LabError`` naming the file, and why it is wanted.
    func text(of path: String, _ purpose: String) throws -> String {
        guard let content = FileManager.default.contents(atPath: path) else {
            throw LabError(.preflight, "\(path) cannot be read", cause: purpose)
        }
        return String(decoding: content.prefix(1 << 16), as: UTF8.self).trimmed
    }

    /// An answer in JSON; nil when nobody answered.
    func ask(_ request: HTTPRequest) async throws -> HTTPResponse? {
        do { return try await http.send(request) } catch is CancellationError { throw CancellationError() } catch {
            return nil
        }
    }
}

extension AWSCredentials {
    /// Credentials as AWS's endpoints and processes give them, in JSON.
    ///
    /// - Parameters:
    ///   - json: The object.
    ///   - keys: What they call the access key's id, the secret, the token and the end.
    ///   - source: Where it comes from, for the error.
    /// - Throws: ``LabError`` when it is none, without quoting it.
    init(
        json: [UInt8],
        keys: (id: String, secret: String, token: String, end: String) = (
            "AccessKeyId", "SecretAccessKey", "Token", "Expiration"
        ),
        from source: String
    ) throws {
        let root = try? JSON.parse(json, file: source)
        guard let id = root?[keys.id]?.text, let secret = root?[keys.secret]?.text else {
            let said = root?["Message"]?.text ?? root?["message"]?.text ?? root?["Code"]?.text
            throw LabError(.preflight, "\(source) gave no credentials", cause: said)
        }
        self.init(
            accessKeyID: id,
            secretAccessKey: secret,
            sessionToken: root?[keys.token]?.text,
            expiration: root?[keys.end]?.text.flatMap(Self.date)
        )
    }

    /// A moment as AWS writes it: ISO 8601, or milliseconds since 1970.
    static func date(_ text: String) -> Date? {
        if let milliseconds = Double(text) { return Date(timeIntervalSince1970: milliseconds / 1000) }
        return (try? Date(text, strategy: .iso8601))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
}
