public import PluginAPI

/// Whose credentials are in use.
public struct CallerIdentity: Sendable, Hashable {
    /// The account's number.
    public var account: String
    /// The ARN of the user or role.
    public var arn: String
}

extension CallerIdentity {
    /// The name of the role that was assumed; nil when it is none.
    var assumedRole: String? {
        let parts = arn.split(separator: "/")
        return parts.count == 3 && parts[0].hasSuffix(":assumed-role") ? String(parts[1]) : nil
    }

    /// Whether it is a user of IAM.
    var isUser: Bool {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 6 && parts[2] == "iam" && parts[5].hasPrefix("user/")
    }
}

/// The STS calls that LabHost makes.
public struct STS: Sendable {
    private let client: AWSClient

    /// Makes the service for a plugin.
    public init(_ context: PluginContext) { client = AWSClient(context) }

    /// Makes the service over a client.
    public init(_ client: AWSClient) { self.client = client }

    /// Asks AWS who we are: the cheapest proof that endpoint, clock and credentials work. It needs no permission.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight``.
    public func callerIdentity() async throws -> CallerIdentity {
        do {
            let reply = try await client.query(.sts, "GetCallerIdentity", safety: .idempotent)
            let result = reply["GetCallerIdentityResult"]
            return CallerIdentity(account: result?.text("Account") ?? "", arn: result?.text("Arn") ?? "")
        } catch {
            throw LabError(aws: error, .preflight, while: "asking AWS whose credentials these are")
        }
    }
}
