public import PluginAPI

/// An instance profile, with a role of its own, whose instances Systems Manager manages.
///
/// IAM's lists carry no tags, so its name has to begin with the experiment's id to be found again.
public struct ManagedProfile: Sendable {
    private let context: PluginContext
    private let client: AWSClient

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions = [
        "iam:CreateRole", "iam:TagRole", "iam:CreateInstanceProfile", "iam:TagInstanceProfile", "iam:AttachRolePolicy",
        "iam:AddRoleToInstanceProfile", "iam:PassRole",
    ]

    /// Makes it for a plugin, whose tags the role and the profile will carry.
    public init(_ context: PluginContext) {
        self.context = context
        client = AWSClient(context)
    }

    /// Makes the profile, unless it is there. EC2 may take some ten seconds more to hear of it.
    ///
    /// - Parameter name: The name of the role and of the profile.
    /// - Throws: ``AWSError``, or what the ledger throws.
    public func make(_ name: String) async throws {
        let role: QueryParameters = ["RoleName": name, "AssumeRolePolicyDocument": Self.trust]
        async let roleMade: Void = make("iam-role", "CreateRole", name, role)
        async let profileMade: Void = make(
            "iam-instance-profile",
            "CreateInstanceProfile",
            name,
            ["InstanceProfileName": name]
        )
        _ = try await (roleMade, profileMade)
        let policy = "arn:\(try partition):iam::aws:policy/AmazonSSMManagedInstanceCore"
        async let attached: Void = ensure("AttachRolePolicy", ["RoleName": name, "PolicyArn": policy])
        // A profile takes one role: the limit says that it has ours already.
        async let added: Void = ensure(
            "AddRoleToInstanceProfile",
            ["InstanceProfileName": name, "RoleName": name],
            done: ["LimitExceeded"]
        )
        _ = try await (attached, added)
    }

    private func make(_ kind: String, _ action: String, _ name: String, _ parameters: QueryParameters) async throws {
        var parameters = parameters
        for (index, tag) in context.tags.sorted(by: { $0.key < $1.key }).enumerated() {
            parameters.set("Tags.member.\(index + 1).Key", tag.key)
            parameters.set("Tags.member.\(index + 1).Value", tag.value)
        }
        try await context.events.record(.intended(ResourceIntent(kind: kind, name: name, token: name)))
        try await ensure(action, parameters, done: ["EntityAlreadyExists"])
        try await context.events.record(.created(Resource(kind: kind, id: name, name: name)))
    }

    /// Makes a call that may come before what it names is known everywhere, and does no harm when it is made twice.
    private func ensure(_ action: String, _ parameters: QueryParameters, done: Set<String> = []) async throws {
        let deadline = context.clock.uptime() + .seconds(60)
        let backoff = Backoff(first: .milliseconds(500), limit: .seconds(3))
        var attempt = 0
        while true {
            do {
                _ = try await client.query(.iam, action, parameters, safety: .idempotent)
                return
            } catch let error as AWSError where done.contains(error.code) {
                return
            } catch let error as AWSError where error.isNotFound && context.clock.uptime() < deadline {
                try await context.clock.sleep(backoff.wait(attempt: attempt, random: context.clock.random()))
                attempt += 1
            }
        }
    }

    private var partition: String {
        get throws {
            let region = try client.region
            return region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
        }
    }

    private static let trust =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","#
        + #""Principal":{"Service":"ec2.amazonaws.com"}}]}"#
}
