import AWS
import PluginAPI

/// The instance profile that lets Systems Manager reach the hosts: the user's, or one of the experiment's.
///
/// IAM's lists carry no tags, so what is made here carries the experiment's id as its name.
struct HostProfile: Sendable {
    let creation: EC2Creation

    /// The profile's name, once it is there. EC2 may take some seconds more to hear of it.
    func make() async throws -> String {
        if let given = creation.context.cloud.instanceProfile { return given }
        let name = creation.context.experiment.rawValue
        async let role: Void = make(
            "iam-role",
            "CreateRole",
            ["RoleName": name, "AssumeRolePolicyDocument": Self.trust]
        )
        async let profile: Void = make(
            "iam-instance-profile",
            "CreateInstanceProfile",
            ["InstanceProfileName": name]
        )
        _ = try await (role, profile)
        let policy = "arn:\(try partition):iam::aws:policy/AmazonSSMManagedInstanceCore"
        async let attached: Void = creation.ensure(
            .iam,
            "AttachRolePolicy",
            ["RoleName": name, "PolicyArn": policy]
        )
        // A profile takes one role: the limit says that it has ours already.
        async let added: Void = creation.ensure(
            .iam,
            "AddRoleToInstanceProfile",
            ["InstanceProfileName": name, "RoleName": name],
            done: ["LimitExceeded"]
        )
        _ = try await (attached, added)
        return name
    }

    private func make(_ kind: String, _ action: String, _ parameters: QueryParameters) async throws {
        let name = creation.context.experiment.rawValue
        var parameters = parameters
        for (index, tag) in creation.context.tags.sorted(by: { $0.key < $1.key }).enumerated() {
            parameters.set("Tags.member.\(index + 1).Key", tag.key)
            parameters.set("Tags.member.\(index + 1).Value", tag.value)
        }
        try await creation.context.events.record(.intended(ResourceIntent(kind: kind, name: name, token: name)))
        try await creation.ensure(.iam, action, parameters, done: ["EntityAlreadyExists"])
        try await creation.context.events.record(.created(Resource(kind: kind, id: name, name: name)))
    }

    private var partition: String {
        get throws {
            let region = try creation.client.region
            return region.hasPrefix("cn-") ? "aws-cn" : region.hasPrefix("us-gov-") ? "aws-us-gov" : "aws"
        }
    }

    private static let trust =
        #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","#
        + #""Principal":{"Service":"ec2.amazonaws.com"}}]}"#
}
