import AWS
import Foundation
import PluginAPI
import Testing

/// What only a whole AWS can tell of deleting.
@Suite(.serialized) struct CleanupTests {
    @Test func `what holds each other and what was left untagged is deleted`() async throws {
        try await Sandbox.run(["--describe-lag", "0.3", "--terminate-delay", "2"]) { sandbox in
            let account = try Account(sandbox)
            let context = account.context
            try await makeCluster(in: account)
            // What was just made takes a moment to be described.
            var before: [Resource] = []
            try await wait(for: "two instances") {
                before = try await Cleanup(context).find()
                return before.count { $0.kind == "instance" } >= 2
            }
            let outcome = try await Cleanup(context).run(known: before.filter { $0.kind == "instance" })
            #expect(outcome.remaining == [])
            #expect(outcome.errors == [])
            #expect(outcome.isVerified)
            let deleted = Set(outcome.deleted.map { "\($0.kind) \($0.id)" })
            #expect(deleted.isSuperset(of: before.map { "\($0.kind) \($0.id)" }))
            let kinds: Set = [
                "instance", "vpc", "subnet", "security-group", "internet-gateway", "route-table", "network-interface",
                "volume", "iam-role", "iam-instance-profile",
            ]
            #expect(Set(outcome.deleted.map(\.kind)).isSuperset(of: kinds))
            #expect(try await sandbox.leaks(experiment: context.experiment.rawValue).count == 0)

            // Again: nothing to do is success.
            let again = try await Cleanup(context).run(known: before)
            #expect(again.deleted == [])
            #expect(again.remaining == [])
            #expect(again.isVerified)
        }
    }

    /// A cluster whose parts hold each other in every way that we know of.
    private func makeCluster(in account: Account) async throws {
        let (vpc, subnet) = try await account.makeNetwork()
        let gateway = try await account.create(
            "CreateInternetGateway",
            [:],
            "internet-gateway",
            "internetGateway",
            "internetGatewayId"
        )
        try await account.call("AttachInternetGateway", ["InternetGatewayId": gateway, "VpcId": vpc])
        let table = try await account.create(
            "CreateRouteTable",
            ["VpcId": vpc],
            "route-table",
            "routeTable",
            "routeTableId"
        )
        try await account.call("AssociateRouteTable", ["RouteTableId": table, "SubnetId": subnet])
        let route: QueryParameters = [
            "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway,
        ]
        try await account.call("CreateRoute", route)
        let groups = try await makeGroups(in: vpc, of: account)
        // Nobody tagged this one; it is in our VPC.
        try await account.call("CreateNetworkInterface", ["SubnetId": subnet])
        _ = try await account.create(
            "CreateVolume",
            ["AvailabilityZone": "us-west-2a", "Size": "1"],
            "volume",
            nil,
            "volumeId"
        )
        let document = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#
        _ = try await account.makeProfile(inlinePolicy: document)
        _ = try await account.launch(2, ["SubnetId": subnet, "SecurityGroupId.1": groups[0]])
    }

    /// Two groups that name each other.
    private func makeGroups(in vpc: String, of account: Account) async throws -> [String] {
        var groups: [String] = []
        for name in ["one", "two"] {
            let group: QueryParameters = [
                "VpcId": vpc, "GroupName": "\(account.context.experiment)-\(name)", "GroupDescription": name,
            ]
            groups.append(try await account.create("CreateSecurityGroup", group, "security-group", nil, "groupId"))
        }
        for (group, other) in [(groups[0], groups[1]), (groups[1], groups[0])] {
            let rule: QueryParameters = [
                "GroupId": group, "IpPermissions.1.IpProtocol": "-1",
                "IpPermissions.1.Groups.1.GroupId": other,
            ]
            try await account.call("AuthorizeSecurityGroupIngress", rule)
        }
        return groups
    }
}
