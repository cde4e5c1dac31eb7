import AWS
import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

/// An account of the emulator, for tests of what speaks to AWS itself.
struct Account {
    /// What a plugin would be given.
    let context: PluginContext
    /// The client.
    let client: AWSClient

    /// An experiment of its own in the sandbox's account.
    init(_ sandbox: Sandbox, directory: FilePath = "/nonexistent") throws {
        let experiment = try #require(ExperimentID(rawValue: "exp-\(UUID().uuidString.prefix(8).lowercased())"))
        context = PluginContext(
            experiment: experiment,
            directory: directory,
            cloud: CloudSettings(region: "us-west-2", endpoint: sandbox.url),
            tags: ["Project": "labhost", "ExperimentID": experiment.rawValue],
            events: EventRecorder(),
            http: try CurlTransport(),
            processes: FakeProcesses(),
            credentials: FixedCredentials(),
            clock: .system,
            environment: [:]
        )
        client = AWSClient(context)
    }

    /// Calls EC2.
    func call(_ action: String, _ parameters: QueryParameters) async throws {
        _ = try await client.query(.ec2, action, parameters, safety: .once)
    }

    /// Creates a tagged thing, and returns its id.
    func create(
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

    /// A bucket in the experiment's region.
    func makeBucket(_ name: String) async throws {
        let region = try client.region
        let body =
            "<CreateBucketConfiguration><LocationConstraint>\(region)</LocationConstraint></CreateBucketConfiguration>"
        let call = RESTCall("PUT", "CreateBucket", bucket: name, body: Array(body.utf8))
        _ = try await client.rest(.s3, call, safety: .once)
    }

    /// A VPC and a subnet in it.
    func makeNetwork() async throws -> (vpc: String, subnet: String) {
        let vpc = try await create("CreateVpc", ["CidrBlock": "10.9.0.0/16"], "vpc", "vpc", "vpcId")
        let range: QueryParameters = ["VpcId": vpc, "CidrBlock": "10.9.0.0/20"]
        return (vpc, try await create("CreateSubnet", range, "subnet", "subnet", "subnetId"))
    }

    /// A role for hosts that Systems Manager manages, in an instance profile.
    ///
    /// - Returns: The profile's name.
    func makeProfile(inlinePolicy document: String? = nil) async throws -> String {
        let name = "\(context.experiment)-hosts"
        let trust =
            #"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","#
            + #""Principal":{"Service":"ec2.amazonaws.com"}}]}"#
        var role: QueryParameters = ["RoleName": name, "AssumeRolePolicyDocument": trust]
        var profile: QueryParameters = ["InstanceProfileName": name]
        for (index, tag) in context.tags.enumerated() {
            for (part, text) in [("Key", tag.key), ("Value", tag.value)] {
                role.set("Tags.member.\(index + 1).\(part)", text)
                profile.set("Tags.member.\(index + 1).\(part)", text)
            }
        }
        let policy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
        var calls: [(String, QueryParameters)] = [
            ("CreateRole", role), ("CreateInstanceProfile", profile),
            ("AttachRolePolicy", ["RoleName": name, "PolicyArn": policy]),
            ("AddRoleToInstanceProfile", ["InstanceProfileName": name, "RoleName": name]),
        ]
        if let document {
            calls.append(("PutRolePolicy", ["RoleName": name, "PolicyName": "inline", "PolicyDocument": document]))
        }
        for (action, parameters) in calls { _ = try await client.query(.iam, action, parameters, safety: .once) }
        return name
    }

    /// Launches instances of the image that the sandbox comes with.
    func launch(_ count: Int, _ more: QueryParameters) async throws -> [String] {
        let image = try #require(try await EC2(client).images([.init("tag:PulsarVersion", ["3.0.0"])]).first)
        var run = more
        run.set("ImageId", image.id)
        run.set("MinCount", String(count))
        run.set("MaxCount", String(count))
        run.set("InstanceType", "t3.micro")
        run.set("ClientToken", UUID().uuidString)
        run.add(tags: context.tags, for: ["instance", "volume"])
        let reply = try await client.query(.ec2, "RunInstances", run, safety: .once)
        return reply.items("instancesSet").compactMap { $0.text("instanceId") }
    }

    /// Launches hosts and waits until Systems Manager reaches all of them.
    func launchFleet(_ count: Int) async throws -> [PluginAPI.Host] {
        let (_, subnet) = try await makeNetwork()
        let ids = try await launch(
            count,
            ["SubnetId": subnet, "IamInstanceProfile.Name": try await makeProfile()]
        )
        let ssm = SSM(context)
        try await wait(for: "hosts that answer") {
            let ping = try await ssm.pingStatus(of: ids)
            return ids.allSatisfy { ping[$0] == "Online" }
        }
        return ids.enumerated().map { index, id in
            PluginAPI.Host(
                name: "host-\(index + 1)",
                component: "host",
                instanceID: id,
                privateAddress: "10.9.1.1",
                instanceType: "t3.micro"
            )
        }
    }
}
