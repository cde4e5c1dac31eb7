/// The IAM calls that LabHost makes.
struct IAM: Sendable {
    let client: AWSClient

    init(_ client: AWSClient) { self.client = client }

    /// The names of the roles, or of the instance profiles, that begin with a prefix.
    ///
    /// IAM lists carry no tags and know no filter but the path, so that all names are read, 1,000 a page.
    func names(of kind: Kind, prefix: String) async throws -> [String] {
        var names: [String] = []
        var parameters: QueryParameters = ["MaxItems": "1000"]
        while true {
            let reply = try await list(kind.listAction, parameters)
            names += reply.items(kind.plural).compactMap { $0.text(kind.nameElement) }
            guard reply.text("IsTruncated") == "true", let marker = reply.text("Marker") else { break }
            parameters.set("Marker", marker)
        }
        return names.filter { $0.hasPrefix(prefix) }
    }

    /// The tags of a role or an instance profile; nil when it is gone.
    func tags(of kind: Kind, _ name: String) async throws -> [String: String]? {
        do {
            return try await list(kind.getAction, [kind.nameElement: name])[kind.element]?.tags
        } catch let error as AWSError where error.isNotFound {
            return nil
        }
    }

    /// Takes every role out of a profile, then deletes it.
    func deleteProfile(_ name: String) async throws {
        let profile = try await list("GetInstanceProfile", ["InstanceProfileName": name])["InstanceProfile"]
        for role in profile?.items("Roles").compactMap({ $0.text("RoleName") }) ?? [] {
            try await perform("RemoveRoleFromInstanceProfile", ["InstanceProfileName": name, "RoleName": role])
        }
        try await perform("DeleteInstanceProfile", ["InstanceProfileName": name])
    }

    /// Takes everything from a role that keeps it from being deleted, then deletes it.
    func deleteRole(_ name: String) async throws {
        let role: QueryParameters = ["RoleName": name]
        async let attached = list("ListAttachedRolePolicies", role)
        async let inline = list("ListRolePolicies", role)
        async let profiles = list("ListInstanceProfilesForRole", role)
        for policy in try await attached.items("AttachedPolicies").compactMap({ $0.text("PolicyArn") }) {
            try await perform("DetachRolePolicy", ["RoleName": name, "PolicyArn": policy])
        }
        for policy in try await inline.items("PolicyNames").map(\.text) {
            try await perform("DeleteRolePolicy", ["RoleName": name, "PolicyName": policy])
        }
        for profile in try await profiles.items("InstanceProfiles").compactMap({ $0.text("InstanceProfileName") }) {
            try await perform("RemoveRoleFromInstanceProfile", ["InstanceProfileName": profile, "RoleName": name])
        }
        try await perform("DeleteRole", role)
    }

    /// What IAM has that we may have made.
    enum Kind: Hashable {
        case role, instanceProfile

        fileprivate var listAction: String { self == .role ? "ListRoles" : "ListInstanceProfiles" }
        fileprivate var getAction: String { "Get\(element)" }
        fileprivate var element: String { self == .role ? "Role" : "InstanceProfile" }
        fileprivate var plural: String { self == .role ? "Roles" : "InstanceProfiles" }
        fileprivate var nameElement: String { self == .role ? "RoleName" : "InstanceProfileName" }
    }

    /// A reading call: its `…Result` element.
    private func list(_ action: String, _ parameters: QueryParameters) async throws -> XMLNode {
        let root = try await client.query(.iam, action, parameters, safety: .idempotent)
        return root["\(action)Result"] ?? root
    }

    /// A deleting call; what is gone already is success.
    private func perform(_ action: String, _ parameters: QueryParameters) async throws {
        do {
            _ = try await client.query(.iam, action, parameters, safety: .idempotent)
        } catch let error as AWSError where error.isNotFound {}
    }
}
