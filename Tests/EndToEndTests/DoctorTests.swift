import AWS
import Foundation
import PluginTestKit
import SystemPackage
import Testing

/// `labhost doctor`, as a user of an account who may do what `labhost policy` says, and then less.
@Suite struct DoctorTests {
    private struct Report: Decodable {
        struct Finding: Decodable {
            var check: String
            var status: String
            var text: String
            var cause: String?
            var remedy: String?
        }

        var isWell: Bool
        var findings: [Finding]

        subscript(check: String) -> Finding? { findings.first { $0.check == check } }
    }

    private static let plan =
        "name: doctor\n\(SmallCluster.keys)test_runs: [{name: a, type: fixed_rate, producer_rate: 1000}]\n"

    private static func report(_ text: String) throws -> Report {
        try JSONDecoder().decode(Report.self, from: Data(text.utf8))
    }

    @Test func `a plan that would run is well, and what it lacks is named with its remedy`() async throws {
        try await Sandbox.run { sandbox in
            let account = try Account(sandbox)
            func iam(_ action: String, _ parameters: QueryParameters) async throws -> XMLNode {
                try await account.client.query(.iam, action, parameters, safety: .once)
            }
            _ = try await iam("CreateUser", ["UserName": "ann"])
            let made = try await iam("CreateAccessKey", ["UserName": "ann"])
            let key = try #require(made.text("CreateAccessKeyResult", "AccessKey", "AccessKeyId"))
            let labhost = try LabHost(sandbox: sandbox, environment: ["AWS_ACCESS_KEY_ID": key])
            let plan = try labhost.plan(Self.plan)
            let policy = try await labhost("policy", "--provisioner", "ec2", plan).output
            _ = try await iam("PutUserPolicy", ["UserName": "ann", "PolicyName": "labhost", "PolicyDocument": policy])

            let well = try await labhost("doctor", "--provisioner", "ec2", "--json", plan)
            #expect(well.status == 0, "\(well.output)\n\(well.errors)")
            let healthy = try Self.report(well.output)
            #expect(healthy.isWell)
            for check in [
                "home", "disk", "region", "credentials", "clock", "provisioner ec2", "executor ssm", "permissions",
                "image",
                "quota of vCPUs", "quota of storage", "quota of networks",
            ] {
                #expect(healthy[check]?.status == "ok", "\(check): \(String(describing: healthy[check]))")
            }
            #expect(healthy["credentials"]?.text.contains("user/ann") == true)

            let less = policy.replacing("\"iam:PassRole\"", with: "\"iam:GetRole\"")
            _ = try await iam("PutUserPolicy", ["UserName": "ann", "PolicyName": "labhost", "PolicyDocument": less])
            try await sandbox.configure(#"{"vcpu_limit": 2, "vpc_limit": 1}"#)
            let ill = try await labhost(
                "doctor",
                "--provisioner",
                "ec2",
                "--json",
                "--set",
                "image.pulsar_version=9.9.9",
                plan
            )
            #expect(ill.status == 10)
            let report = try Self.report(ill.output)
            #expect(!report.isWell)
            for check in ["permissions", "image", "quota of vCPUs", "quota of networks"] {
                #expect(report[check]?.status == "failed", "\(check): \(String(describing: report[check]))")
                #expect(report[check]?.remedy != nil, "\(check)")
            }
            #expect(report["permissions"]?.cause == "iam:PassRole")
            #expect(report["quota of storage"]?.status == "ok")
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `whoever IAM does not know is unknown, and refused credentials end the checks`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(Self.plan)
            let stranger = try await labhost("doctor", "--provisioner", "ec2", plan)
            #expect(stranger.status == 0, "\(stranger.output)")
            #expect(stranger.output.contains("? permissions"))
            let wrong = try LabHost(
                sandbox: sandbox,
                environment: ["AWS_SECRET_ACCESS_KEY": "a-wrong-secret-of-some-length"]
            )
            let refused = try await wrong("doctor", "--provisioner", "ec2", wrong.plan(Self.plan))
            #expect(refused.status == 10)
            #expect(refused.output.contains("✗ credentials"))
            #expect(!refused.output.contains("a-wrong-secret-of-some-length"))
        }
    }

    @Test func `an offline plan needs no AWS`() async throws {
        let labhost = try LabHost()
        let well = try await labhost(
            "doctor",
            "--provisioner",
            "dry-run",
            "--executor",
            "dry-run",
            Repository.root.appending("plans/poc.yaml").string
        )
        #expect(well.status == 0, "\(well.output)\n\(well.errors)")
        #expect(well.output.contains("✓ AWS: not needed"))
        #expect(try await labhost("doctor", "--provisioner", "ec2").status == 64)
    }
}
