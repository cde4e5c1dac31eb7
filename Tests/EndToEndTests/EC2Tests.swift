import AWS
import EC2Provisioner
import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

/// Clusters made by direct calls, against the emulator.
@Suite(.serialized) struct EC2Tests {
    private let directory = try? TemporaryDirectory()

    private func account(_ sandbox: Sandbox) throws -> Account {
        try Account(sandbox, directory: try #require(directory).path)
    }

    private func request(_ account: Account, hosts: Int = 2, spot: SpotRequest? = nil) async throws -> ProvisionRequest
    {
        let image = try #require(try await EC2(account.client).images([.init("tag:PulsarVersion", ["3.0.0"])]).first)
        return ProvisionRequest(
            hosts: (1...hosts).map { number in
                HostSpec(
                    name: "broker-\(number)",
                    component: "broker",
                    instanceType: number == 1 ? "m5.large" : "t3.small",
                    privateAddress: "10.0.1.1\(number)",
                    userData: "#!/bin/sh\n",
                    dataVolume: VolumeSpec(type: "gp3", sizeGB: 20, iops: 3500, throughputMBps: 200)
                )
            },
            network: NetworkSpec(vpcCIDR: "10.0.0.0/16", subnetCIDR: "10.0.1.0/24", allowedSSHCIDRs: ["192.0.2.0/24"]),
            spot: spot,
            image: MachineImage(id: image.id, name: image.name),
            expiry: Date(timeIntervalSinceNow: 3600)
        )
    }

    private func recorder(_ account: Account) throws -> EventRecorder {
        try #require(account.context.events as? EventRecorder)
    }

    @Test func `three cells are measured and nothing is left`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(TerraformTests.plan)
            let run = try await labhost("run", "--yes", "--provisioner", "ec2", plan)
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)
            #expect(run.output.contains("receipt: created"))
            let rows = try labhost.latest("report/results.csv").split(separator: "\r\n").dropFirst()
            #expect(rows.count == 3 && rows.allSatisfy { $0.contains(",valid,") }, "\(rows)")
            try await expectPolicyToAllowCalls(sandbox, labhost, "ec2", plan)
        }
    }

    @Test func `replies that are lost, throttled or late make nothing twice`() async throws {
        let trouble = [
            "--throttle-rate", "0.15", "--error-rate", "0.1", "--lost-reply-rate", "0.15", "--describe-lag", "0.5",
            "--iam-lag", "2", "--boot-delay", "1", "--seed", "7",
        ]
        try await Sandbox.run(trouble) { sandbox in
            let account = try account(sandbox)
            let provisioner = EC2Provisioner(options: EC2Options(), context: account.context)
            let request = try await request(account)
            let hosts = try await provisioner.provision(request)
            #expect(hosts.map(\.name) == ["broker-1", "broker-2"])
            try await sandbox.configure(#"{"throttle_rate": 0, "error_rate": 0, "lost_reply_rate": 0}"#)
            let kinds = try await sandbox.leaks(experiment: account.context.experiment.rawValue).kinds
            #expect(
                kinds == [
                    "vpc": 1, "subnet": 1, "internet-gateway": 1, "route-table": 1, "security-group": 1, "instance": 2,
                    "volume": 4, "network-interface": 2, "iam-role": 1, "iam-instance-profile": 1,
                ]
            )
            let counts = provisioner.outline(request)?.counts
            let recorded = try await recorder(account).alive.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 }
            #expect(counts == recorded)
            // Once more, as after a crash: the same hosts.
            let again = EC2Provisioner(options: EC2Options(), context: account.context)
            #expect(try await again.provision(request).map(\.instanceID) == hosts.map(\.instanceID))
            let outcome = try await again.teardown([])
            #expect(outcome.isVerified && outcome.remaining.isEmpty, "\(outcome)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `hosts go where there is room, together, and it is told`() async throws {
        try await Sandbox.run(["--no-capacity", "m5.large,t3.small@us-west-2b"]) { sandbox in
            let account = try account(sandbox)
            var context = account.context
            context.cloud.availabilityZone = "us-west-2a"
            let options = EC2Options(
                zones: ["us-west-2b"],
                types: ["m5.large": ["m5a.large"], "t3.small": ["t3.medium"]]
            )
            let hosts = try await EC2Provisioner(options: options, context: context).provision(
                try await request(account)
            )
            #expect(hosts.map(\.instanceType) == ["m5a.large", "t3.medium"])
            #expect(Set(hosts.map(\.availabilityZone)) == ["us-west-2a"])
            let notes = try await recorder(account).notes.filter { $0.hasPrefix("no room for") }
            #expect(
                notes == [
                    "no room for m5.large in us-west-2a (InsufficientInstanceCapacity): all hosts go to us-west-2b",
                    "no room for m5.large, t3.small in us-west-2b (InsufficientInstanceCapacity): all hosts go to "
                        + "us-west-2a; m5a.large in place of m5.large; t3.medium in place of t3.small",
                ]
            )
            let alive = try await recorder(account).alive.filter { $0.kind == "instance" }
            #expect(alive.map(\.name).sorted() == ["broker-1", "broker-2"])
            _ = try await EC2Provisioner(options: options, context: context).teardown([])
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `spot falls back to on demand where the plan allows it, and fails where it does not`() async throws {
        try await Sandbox.run(["--vcpu-limit", "8"]) { sandbox in
            let account = try account(sandbox)
            let provisioner = EC2Provisioner(options: EC2Options(), context: account.context)
            let fault = #"{"action": "ec2.RunInstances", "code": "SpotMaxPriceTooLow", "http": 400, "count": 1}"#
            try await sandbox.fail(fault)
            let spot = SpotRequest(maxPrice: 0.01, fallsBackToOnDemand: true)
            let hosts = try await provisioner.provision(try await request(account, spot: spot))
            #expect(hosts.map(\.isSpot).count { $0 } == 1)
            #expect(try await recorder(account).notes.contains { $0.contains("taken on demand (SpotMaxPriceTooLow)") })
            _ = try await provisioner.teardown([])

            try await sandbox.fail(fault)
            let strict = try await request(account, spot: SpotRequest(maxPrice: 0.01))
            let error = await #expect(throws: LabError.self) { try await provisioner.provision(strict) }
            #expect(error?.code == .provisioning)
            #expect(error?.hint?.contains("max_price") == true)
            _ = try await provisioner.teardown([])
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `a cluster over the quota is refused before anything is made`() async throws {
        try await Sandbox.run(["--vcpu-limit", "3"]) { sandbox in
            let account = try account(sandbox)
            let provisioner = EC2Provisioner(options: EC2Options(placement: .cluster), context: account.context)
            let request = try await request(account)
            let error = await #expect(throws: LabError.self) { try await provisioner.preview(request) }
            #expect(error?.code == .preflight)
            #expect(
                error?.message
                    == "the cluster needs 4 vCPUs of on-demand Standard instances: 3 are allowed in us-west-2, and 0 of "
                    + "them are in use"
            )
            try await sandbox.configure(#"{"vcpu_limit": 64}"#)
            #expect(try await provisioner.preview(request).counts["placement-group"] == 1)
            _ = try await provisioner.provision(request)
            #expect(try await sandbox.leaks().kinds["placement-group"] == 1)
            _ = try await provisioner.teardown([])
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `terraform and direct calls make the same cluster`() async throws {
        try await Sandbox.run { sandbox in
            var facts: [[String]] = []
            for provisioner in ["terraform", "ec2"] {
                let labhost = try LabHost(sandbox: sandbox)
                let plan = try labhost.plan(TerraformTests.plan)
                let setup = try await labhost("setup", "--yes", "--provisioner", provisioner, plan)
                #expect(setup.status == 0, "\(setup.errors)")
                let id = try labhost.latestID()
                facts.append(try await ClusterFacts(of: id, try Account(sandbox).client).all)
                #expect(try await labhost("teardown", "latest").status == 0)
            }
            #expect(facts[0] == facts[1])
            #expect(facts[0].count > 20)
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `three experiments at once do not meet`() async throws {
        try await Sandbox.run { sandbox in
            try await withThrowingTaskGroup { group in
                for provisioner in ["ec2", "ec2", "terraform"] {
                    group.addTask {
                        let labhost = try LabHost(sandbox: sandbox)
                        let plan = try labhost.plan(TerraformTests.plan)
                        let run = try await labhost("run", "--yes", "--provisioner", provisioner, plan)
                        #expect(run.status == 0, "\(provisioner): \(run.output)\n\(run.errors)")
                        let rows = try labhost.latest("report/results.csv").split(separator: "\r\n")
                        #expect(rows.count == 4)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
