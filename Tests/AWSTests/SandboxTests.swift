import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import AWS

/// What only a whole AWS can tell, against the emulator of `Tests/AWSSandbox`:
///
///     Tests/AWSSandbox/start --port 5170 --secret testing --describe-lag 0.3 --terminate-delay 2
///     LABHOST_SANDBOX=http://127.0.0.1:5170 swift test --filter AWSTests.SandboxTests
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LABHOST_SANDBOX"] != nil), .serialized)
struct SandboxTests {
    private let context: PluginContext
    private let client: AWSClient

    init() throws {
        let experiment = try #require(ExperimentID(rawValue: "exp-\(UUID().uuidString.prefix(8).lowercased())"))
        context = PluginContext(
            experiment: experiment,
            directory: "/nonexistent",
            cloud: CloudSettings(
                region: "us-west-2",
                endpoint: ProcessInfo.processInfo.environment["LABHOST_SANDBOX"]
            ),
            tags: ["Project": "labhost", "ExperimentID": experiment.rawValue],
            events: EventRecorder(),
            http: try CurlTransport(),
            processes: FakeProcesses(),
            credentials: CredentialChain(
                environment: ["AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "testing"]
            ),
            clock: .system,
            environment: [:]
        )
        client = AWSClient(context)
    }

    @Test func knowsWhoWeAre() async throws {
        #expect(try await STS(context).callerIdentity().account == "123456789012")
    }

    @Test(.timeLimit(.minutes(2))) func deletesWhatHoldsEachOtherAndWhatWasLeftUntagged() async throws {
        try await makeCluster()
        // What was just made takes a moment to be described.
        var before: [Resource] = []
        for _ in 0..<100 where before.count(where: { $0.kind == "instance" }) < 2 {
            before = try await Cleanup(context).find()
            try await Task.sleep(for: .milliseconds(100))
        }
        let outcome = try await Cleanup(context).run(known: before.filter { $0.kind == "instance" })
        #expect(outcome.remaining == [])
        #expect(outcome.errors == [])
        #expect(outcome.isVerified)
        #expect(Set(outcome.deleted.map(\.key)).isSuperset(of: before.map(\.key)))
        let kinds: Set = [
            "instance", "vpc", "subnet", "security-group", "internet-gateway", "route-table", "network-interface",
            "volume", "iam-role", "iam-instance-profile",
        ]
        #expect(Set(outcome.deleted.map(\.kind)).isSuperset(of: kinds))
        let leaks = try await context.http.send(
            HTTPRequest(url: "\(context.cloud.endpoint ?? "")/sandbox/leaks?ExperimentID=\(context.experiment)")
        )
        #expect(String(decoding: leaks.body, as: UTF8.self).contains(#""count": 0"#))

        // Again: nothing to do is success.
        let again = try await Cleanup(context).run(known: before)
        #expect(again.deleted == [])
        #expect(again.remaining == [])
        #expect(again.isVerified)
    }

    /// A cluster whose parts hold each other in every way that we know of.
    private func makeCluster() async throws {
        let vpc = try await create("CreateVpc", ["CidrBlock": "10.9.0.0/16"], "vpc", "vpc", "vpcId")
        let range: QueryParameters = ["VpcId": vpc, "CidrBlock": "10.9.1.0/24"]
        let subnet = try await create("CreateSubnet", range, "subnet", "subnet", "subnetId")
        let gateway = try await create(
            "CreateInternetGateway",
            [:],
            "internet-gateway",
            "internetGateway",
            "internetGatewayId"
        )
        try await call("AttachInternetGateway", ["InternetGatewayId": gateway, "VpcId": vpc])
        let table = try await create("CreateRouteTable", ["VpcId": vpc], "route-table", "routeTable", "routeTableId")
        try await call("AssociateRouteTable", ["RouteTableId": table, "SubnetId": subnet])
        let route: QueryParameters = [
            "RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway,
        ]
        try await call("CreateRoute", route)
        let groups = try await makeGroups(vpc)
        // Nobody tagged this one; it is in our VPC.
        try await call("CreateNetworkInterface", ["SubnetId": subnet])
        _ = try await create(
            "CreateVolume",
            ["AvailabilityZone": "us-west-2a", "Size": "1"],
            "volume",
            nil,
            "volumeId"
        )
        try await makeRole()
        let image = try #require(try await EC2(client).images([.init("tag:PulsarVersion", ["3.0.0"])]).first)
        var run: QueryParameters = [
            "ImageId": image.id, "MinCount": "2", "MaxCount": "2", "InstanceType": "t3.micro", "SubnetId": subnet,
            "SecurityGroupId.1": groups[0], "ClientToken": UUID().uuidString,
        ]
        run.add(tags: context.tags, for: ["instance", "volume"])
        try await call("RunInstances", run)
    }

    /// Two groups that name each other.
    private func makeGroups(_ vpc: String) async throws -> [String] {
        var groups: [String] = []
        for name in ["one", "two"] {
            let group: QueryParameters = [
                "VpcId": vpc, "GroupName": "\(context.experiment)-\(name)", "GroupDescription": name,
            ]
            groups.append(try await create("CreateSecurityGroup", group, "security-group", nil, "groupId"))
        }
        for (group, other) in [(groups[0], groups[1]), (groups[1], groups[0])] {
            let rule: QueryParameters = [
                "GroupId": group, "IpPermissions.1.IpProtocol": "-1",
                "IpPermissions.1.Groups.1.GroupId": other,
            ]
            try await call("AuthorizeSecurityGroupIngress", rule)
        }
        return groups
    }

    /// A role with an attached and an inline policy, in a profile.
    private func makeRole() async throws {
        let name = "\(context.experiment)-hosts"
        var role: QueryParameters = ["RoleName": name, "AssumeRolePolicyDocument": #"{"Version":"2012-10-17"}"#]
        var profile: QueryParameters = ["InstanceProfileName": name]
        for (index, tag) in context.tags.enumerated() {
            for (part, text) in [("Key", tag.key), ("Value", tag.value)] {
                role.set("Tags.member.\(index + 1).\(part)", text)
                profile.set("Tags.member.\(index + 1).\(part)", text)
            }
        }
        let policy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
        let document = #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}"#
        let calls: [(String, QueryParameters)] = [
            ("CreateRole", role), ("CreateInstanceProfile", profile),
            ("AttachRolePolicy", ["RoleName": name, "PolicyArn": policy]),
            ("PutRolePolicy", ["RoleName": name, "PolicyName": "inline", "PolicyDocument": document]),
            ("AddRoleToInstanceProfile", ["InstanceProfileName": name, "RoleName": name]),
        ]
        for (action, parameters) in calls { _ = try await client.query(.iam, action, parameters, safety: .once) }
    }

    private func call(_ action: String, _ parameters: QueryParameters) async throws {
        _ = try await client.query(.ec2, action, parameters, safety: .once)
    }

    /// Creates a tagged thing, and returns its id.
    private func create(
        _ action: String,
        _ parameters: QueryParameters,
        _ type: String,
        _ element: String?,
        _ id: String
    ) async throws -> String {
        var parameters = parameters
        parameters.add(tags: context.tags, for: [type])
        let reply = try await client.query(.ec2, action, parameters, safety: .once)
        return try #require(element.map { reply.text($0, id) } ?? reply.text(id))
    }
}
