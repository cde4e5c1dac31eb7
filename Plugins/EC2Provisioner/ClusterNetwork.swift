import AWS
import PluginAPI

/// The experiment's network: a VPC of its own, one public subnet, and no way in.
///
/// The same as the terraform module `network` makes.
struct ClusterNetwork: Sendable {
    let creation: EC2Creation
    let spec: NetworkSpec
    let vpc: String
    let securityGroup: String
    private let gateway: String
    private let routeTable: String

    /// Makes all but the subnet, what does not depend on each other at the same time.
    init(_ spec: NetworkSpec, _ creation: EC2Creation) async throws {
        self.creation = creation
        self.spec = spec
        async let gateway = creation.make(.internetGateway)
        let vpc = try await creation.make(.vpc, ["CidrBlock": spec.vpcCIDR])
        async let group = Self.securityGroup(in: vpc, spec, creation)
        async let table = creation.make(.routeTable, ["VpcId": vpc])
        self.vpc = vpc
        self.gateway = try await gateway
        routeTable = try await table
        securityGroup = try await group
    }

    /// Opens the way out, to Systems Manager and to package mirrors. Hosts boot without waiting for it.
    func connect() async throws {
        let attachment: QueryParameters = ["InternetGatewayId": gateway, "VpcId": vpc]
        try await creation.ensure(.ec2, "AttachInternetGateway", attachment, done: ["Resource.AlreadyAssociated"])
        let route: QueryParameters = [
            "RouteTableId": routeTable, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway,
        ]
        try await creation.ensure(.ec2, "CreateRoute", route, done: ["RouteAlreadyExists"])
    }

    /// Makes the subnet in a zone, or takes the one that is there, and gives it the way out.
    func makeSubnet(in zone: String?, anew: Bool) async throws -> String {
        var parameters: QueryParameters = ["VpcId": vpc, "CidrBlock": spec.subnetCIDR]
        if let zone { parameters.set("AvailabilityZone", zone) }
        let subnet = try await creation.make(.subnet, parameters, anew: anew)
        let association: QueryParameters = ["RouteTableId": routeTable, "SubnetId": subnet]
        try await creation.ensure(.ec2, "AssociateRouteTable", association, done: ["Resource.AlreadyAssociated"])
        return subnet
    }

    /// Deletes a subnet whose hosts are terminated, for another in its place.
    func removeSubnet(_ subnet: String) async throws {
        let clock = creation.context.clock
        let deadline = clock.uptime() + .seconds(180)
        while true {
            do {
                try await EC2(creation.client).perform("DeleteSubnet", ["SubnetId": subnet])
                break
            } catch let error as AWSError where error.isNotFound {
                break
            } catch let error as AWSError where error.code == "DependencyViolation" && clock.uptime() < deadline {
                try await clock.sleep(.seconds(3))
            }
        }
        try await creation.context.events.record(.deleted(kind: "subnet", id: subnet))
    }

    private static func securityGroup(in vpc: String, _ spec: NetworkSpec, _ creation: EC2Creation) async throws
        -> String
    {
        let group = try await creation.make(
            .securityGroup,
            [
                "VpcId": vpc, "GroupName": creation.context.experiment.rawValue,
                "GroupDescription": "Hosts of a LabHost experiment among themselves",
            ]
        )
        var rules: QueryParameters = [
            "GroupId": group, "IpPermissions.1.IpProtocol": "-1", "IpPermissions.1.Groups.1.GroupId": group,
            "IpPermissions.1.Groups.1.Description": "Between the hosts of the cluster",
        ]
        if !spec.allowedSSHCIDRs.isEmpty {
            rules.set("IpPermissions.2.IpProtocol", "tcp")
            rules.set("IpPermissions.2.FromPort", "22")
            rules.set("IpPermissions.2.ToPort", "22")
        }
        for (index, range) in spec.allowedSSHCIDRs.enumerated() {
            rules.set("IpPermissions.2.IpRanges.\(index + 1).CidrIp", range)
            let words = "SSH from the addresses that the plan names"
            rules.set("IpPermissions.2.IpRanges.\(index + 1).Description", words)
        }
        try await creation.ensure(.ec2, "AuthorizeSecurityGroupIngress", rules, done: ["InvalidPermission.Duplicate"])
        return group
    }
}
