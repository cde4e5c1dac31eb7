import PluginAPI

/// Asks IAM whether somebody may do what a policy allows.
///
/// Every statement is tried as it is meant: its actions, on an example of its resources, with the tags that its condition
/// wants. Source: the reference of SimulatePrincipalPolicy.
public struct PolicySimulation: Sendable {
    private let client: AWSClient

    /// Makes it over a client.
    public init(_ client: AWSClient) { self.client = client }

    /// The actions of a policy that somebody may not take.
    ///
    /// - Parameters:
    ///   - policy: What must be allowed.
    ///   - caller: Whose credentials are in use.
    /// - Returns: The actions, sorted; nil when IAM cannot simulate for such a caller, such as an account's root user.
    /// - Throws: ``AWSError``, for example when the simulation itself is not allowed.
    public func denied(_ policy: AccessPolicy, to caller: CallerIdentity) async throws -> [String]? {
        guard let principal = try await principal(of: caller) else { return nil }
        var denied: Set<String> = []
        for statement in policy.statements {
            let region = try client.region
            let resources = statement.resources.map { Self.example(of: $0, account: caller.account, region: region) }
            for actions in statement.actions.batches(of: 100) {
                denied.formUnion(try await refused(actions, on: resources, statement.context, principal))
            }
        }
        return denied.sorted()
    }

    /// Who it is as IAM knows them. A role's ARN has its path, which the ARN of those who assume it has not.
    private func principal(of caller: CallerIdentity) async throws -> String? {
        if caller.isUser { return caller.arn }
        guard let role = caller.assumedRole else { return nil }
        let reply = try await client.query(.iam, "GetRole", ["RoleName": role], safety: .idempotent)
        return reply.text("GetRoleResult", "Role", "Arn")
    }

    private func refused(
        _ actions: [String],
        on resources: [String],
        _ context: [(key: String, value: String)],
        _ principal: String
    ) async throws -> [String] {
        var parameters: QueryParameters = ["PolicySourceArn": principal]
        parameters.add("ActionNames.member", list: actions)
        parameters.add("ResourceArns.member", list: resources)
        for (index, entry) in context.enumerated() {
            let name = "ContextEntries.member.\(index + 1)"
            parameters.set("\(name).ContextKeyName", entry.key)
            parameters.set("\(name).ContextKeyType", "string")
            parameters.set("\(name).ContextKeyValues.member.1", entry.value)
        }
        var allowed: Set<String> = []
        while true {
            let reply = try await client.query(.iam, "SimulatePrincipalPolicy", parameters, safety: .idempotent)
            let result = reply["SimulatePrincipalPolicyResult"] ?? reply
            for entry in result.items("EvaluationResults") {
                // An action has only some of a statement's kinds of resources: one of them is enough.
                let decisions =
                    [entry.text("EvalDecision")]
                    + entry.items("ResourceSpecificResults").map { $0.text("EvalResourceDecision") }
                if decisions.contains("allowed"), let action = entry.text("EvalActionName") { allowed.insert(action) }
            }
            guard result.text("IsTruncated") == "true", let marker = result.text("Marker") else { break }
            parameters.set("Marker", marker)
        }
        return actions.filter { !allowed.contains($0) }
    }

    /// A resource that a pattern stands for: `arn:aws:iam::*:role/exp-*` has `arn:aws:iam::123456789012:role/exp-example`.
    static func example(of pattern: String, account: String, region: String) -> String {
        guard pattern != "*" else { return pattern }
        var parts = pattern.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 6 else { return pattern }
        if parts[3] == "*" { parts[3] = region }
        if parts[4] == "*" { parts[4] = account }
        parts[5] = parts[5].replacing("*", with: "example")
        return parts.joined(separator: ":")
    }
}

extension AccessPolicy.Statement {
    /// What a request has that meets the condition.
    fileprivate var context: [(key: String, value: String)] {
        (condition ?? [:]).flatMap { test, keys in
            keys.compactMap { key, values in
                // A condition that a key is not missing is met by any value.
                values.first.map { (key, test == "Null" ? "RunInstances" : $0) }
            }
        }.sorted { $0.key < $1.key }
    }
}
