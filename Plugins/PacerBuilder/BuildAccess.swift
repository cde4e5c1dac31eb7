import AWS
import PluginAPI

/// What an instance needs to be reached by Systems Manager and by nothing else: a role, and a group without a way in.
///
/// Both carry the experiment's tags with `Component`, so that ``AWS/Cleanup`` finds them whatever became of who made them.
struct BuildAccess: Sendable {
    /// How an instance is reached.
    struct Made: Sendable {
        /// The instance profile.
        var profile: String
        /// The security group.
        var group: String
        /// What was made, for whoever deletes it.
        var resources: [Resource]
    }

    let context: PluginContext
    let subnet: String?

    /// Makes what is needed.
    ///
    /// - Throws: ``LabError`` when there is no network, or AWS refuses.
    func make() async throws -> Made {
        let name = "\(context.experiment)-image"
        do {
            let network = try await network()
            var resources: [Resource] = []
            if context.cloud.instanceProfile == nil {
                try await ManagedProfile(context).make(name)
                resources += ["iam-role", "iam-instance-profile"].map { Resource(kind: $0, id: name, name: name) }
            }
            let group = try await group(name, in: network)
            resources.append(Resource(kind: "security-group", id: group, name: name))
            return Made(profile: context.cloud.instanceProfile ?? name, group: group, resources: resources)
        } catch {
            throw LabError(aws: error, .provisioning, while: "making a role and a group for the instance")
        }
    }

    private func network() async throws -> String {
        let ec2 = EC2(context)
        if let subnet {
            let found = try await ec2.describe(
                "DescribeSubnets",
                list: "subnetSet",
                filters: [.init("subnet-id", [subnet])]
            )
            if let vpc = found.first?.text("vpcId") { return vpc }
            throw LabError(.preflight, "there is no subnet \(subnet)", hint: "correct the image option `subnet`")
        }
        let found = try await ec2.describe("DescribeVpcs", list: "vpcSet", filters: [.init("is-default", ["true"])])
        if let vpc = found.first?.text("vpcId") { return vpc }
        throw LabError(
            .preflight,
            "there is no default VPC to build an image in",
            hint: "name a subnet with a way to the internet in the image option `subnet`"
        )
    }

    /// Makes a group; without rules nothing gets in, and everything gets out.
    private func group(_ name: String, in vpc: String) async throws -> String {
        let client = AWSClient(context)
        var parameters: QueryParameters = [
            "GroupName": name, "GroupDescription": "LabHost, while an image is built", "VpcId": vpc,
        ]
        parameters.add(tags: context.tags.merging(["Name": name]) { $1 }, for: ["security-group"])
        try await context.events.record(.intended(ResourceIntent(kind: "security-group", name: name)))
        var id: String?
        do {
            id = try await client.query(.ec2, "CreateSecurityGroup", parameters, safety: .idempotent).text("groupId")
        } catch let error as AWSError where error.code == "InvalidGroup.Duplicate" {
            // Made before, by a call whose answer was lost.
            let filters: [QueryParameters.Filter] = [.init("group-name", [name]), .init("vpc-id", [vpc])]
            id = try await EC2(context).describe("DescribeSecurityGroups", list: "securityGroupInfo", filters: filters)
                .first?.text("groupId")
        }
        guard let id else { throw LabError(.provisioning, "EC2 does not say which security group it made") }
        try await context.events.record(.created(Resource(kind: "security-group", id: id, name: name)))
        return id
    }
}
