import AWS
import EC2Provisioner
import ExistingCluster
import Foundation
import LabHost
import PluginAPI
import PluginTestKit
import SystemPackage
import TerraformProvisioner
import Testing

/// Every provisioner of AWS's hosts, held to the same rules.
@Suite(.serialized) struct ProvisionerConformanceTests {
    private let directory = try? TemporaryDirectory()

    private func subject(
        _ sandbox: Sandbox,
        hosts: [String]? = nil,
        _ make: @escaping @Sendable (PluginContext) throws -> any Provisioner
    ) async throws -> (ProvisionerConformance.Subject, Account) {
        let account = try Account(sandbox, directory: try #require(directory).path)
        var context = account.context
        context.processes = SubprocessRunner()
        context.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("AWS_") }
        let recorder = EventRecorder()
        context.events = recorder
        let image = try #require(try await EC2(account.client).images([.init("tag:PulsarVersion", ["3.0.0"])]).first)
        let specs = ["broker", "client"].enumerated().map { index, component in
            HostSpec(
                name: "\(component)-1",
                component: component,
                instanceType: "t3.small",
                privateAddress: "10.0.1.1\(index)",
                userData: "#!/bin/sh\n",
                dataVolume: component == "broker" ? VolumeSpec(type: "gp3", sizeGB: 20) : nil
            )
        }
        let request = ProvisionRequest(
            hosts: specs,
            network: NetworkSpec(vpcCIDR: "10.0.0.0/16", subnetCIDR: "10.0.1.0/24"),
            image: MachineImage(id: image.id, name: image.name),
            expiry: Date(timeIntervalSinceNow: 3600)
        )
        let ready = context
        return (.init(request: request, recorder: recorder, hosts: hosts) { try make(ready) }, account)
    }

    @Test func `direct calls conform`() async throws {
        try await Sandbox.run(["--boot-delay", "0.5", "--describe-lag", "0.3"]) { sandbox in
            let (subject, _) = try await subject(sandbox) { EC2Provisioner(options: EC2Options(), context: $0) }
            try await ProvisionerConformance.check(subject)
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `terraform conforms`() async throws {
        try await Sandbox.run { sandbox in
            let (subject, _) = try await subject(sandbox) {
                try TerraformProvisioner(options: TerraformOptions(), context: $0)
            }
            try await ProvisionerConformance.check(subject)
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `an existing cluster conforms, and stays`() async throws {
        try await Sandbox.run { sandbox in
            let (fleet, account) = try await subject(sandbox) { EC2Provisioner(options: EC2Options(), context: $0) }
            _ = try await fleet.make().provision(fleet.request)
            let before = try await sandbox.leaks().count
            let options = ExistingOptions(tags: ["ExperimentID": account.context.experiment.rawValue])
            var (existing, _) = try await subject(sandbox) { try ExistingCluster(options: options, context: $0) }
            try await ProvisionerConformance.check(existing)
            #expect(await existing.recorder.notes == [])
            existing.request.hosts[0].instanceType = "m5.large"
            existing.request.hosts.append(existing.request.hosts[0])
            _ = try await existing.make().provision(existing.request)
            #expect(
                await existing.recorder.notes == [
                    "the cluster is not what the plan says: broker: 2 planned, 1 found",
                    "the cluster is not what the plan says: broker: m5.large planned, t3.small found",
                ]
            )
            #expect(try await sandbox.leaks().count == before)
            _ = try await fleet.make().teardown([])
            #expect(try await sandbox.leaks().count == 0)
            let error = await #expect(throws: LabError.self) { try await existing.make().preview(existing.request) }
            #expect(error?.code == .preflight)
        }
    }

    @Test func `a cluster that was kept is measured by another plan, and stays`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let setup = try await labhost(
                "setup",
                "--yes",
                "--provisioner",
                "ec2",
                try labhost.plan(TerraformTests.plan)
            )
            #expect(setup.status == 0, "\(setup.errors)")
            let id = try labhost.latestID()
            let before = try await sandbox.leaks().count
            let plan =
                TerraformTests.plan
                + "\nplugins: {provisioner: {use: existing, options: {tags: {ExperimentID: \(id)}}}}\n"
            let run = try await labhost("run", "--yes", try labhost.plan(plan, named: "other.yaml"))
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            #expect(!run.output.contains("differ"))
            let rows = try labhost.latest("report/results.csv").split(separator: "\r\n").dropFirst()
            #expect(rows.count == 3 && rows.allSatisfy { $0.contains(",valid,") }, "\(rows)")
            #expect(try await sandbox.leaks().count == before)
            #expect(try await labhost("teardown", id).status == 0)
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
