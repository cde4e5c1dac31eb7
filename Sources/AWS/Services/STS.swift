public import PluginAPI

/// Whose credentials are in use.
public struct CallerIdentity: Sendable, Hashable {
    /// The account's number.
    public var account: String
    /// The ARN of the user or role.
    public var arn: String
}

/// The STS calls that LabHost makes.
public struct STS: Sendable {
    private let client: AWSClient

    /// Makes the service for a plugin.
    public init(_ context: PluginContext) { client = AWSClient(context) }

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
