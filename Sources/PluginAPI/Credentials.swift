#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// AWS credentials. Its description shows no secret, so that none reaches a log by accident.
public struct AWSCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible {
    /// The access key's id.
    public var accessKeyID: String
    /// The secret access key.
    public var secretAccessKey: String
    /// The session token of temporary credentials.
    public var sessionToken: String?
    /// When temporary credentials end.
    public var expiration: Date?

    /// Makes credentials.
    public init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: Date? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// The access key's id alone.
    public var description: String { "AWSCredentials(\(accessKeyID))" }
    /// The access key's id alone.
    public var debugDescription: String { description }
}

/// Where AWS credentials come from.
public protocol CredentialSource: Sendable {
    /// Credentials that are valid now.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` that says where it looked.
    func credentials() async throws -> AWSCredentials

    /// Looks for others, because AWS refused some as ended.
    ///
    /// When it returns, ``credentials()`` gives others than the refused ones.
    ///
    /// - Parameter refused: What AWS refused.
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when there are no others.
    func renew(_ refused: AWSCredentials) async throws

    /// Whether others may come while this process runs: the files of a profile may change, an environment cannot.
    var mayChange: Bool { get async }
}

extension CredentialSource {
    /// For sources that always give the same.
    public func renew(_ refused: AWSCredentials) async throws {
        throw LabError(
            .preflight,
            "the AWS credentials \(refused.accessKeyID) have ended",
            hint: "give new ones, then repeat the command"
        )
    }

    /// For sources that always give the same.
    public var mayChange: Bool { false }
}
