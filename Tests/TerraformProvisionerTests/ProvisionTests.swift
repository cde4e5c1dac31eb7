import Document
import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import TerraformProvisioner

@Suite("Provisioning, from recorded events") struct ProvisionTests {
    @Test func thePreviewCountsWhatTerraformPlansAndWhatComesWithIt() async throws {
        let bench = try Bench()
        let preview = try await bench.provisioner().preview(Bench.request())
        #expect(
            preview.counts == [
                "instance": 9, "volume": 12, "vpc": 1, "subnet": 1, "internet-gateway": 1, "route-table": 1,
                "security-group": 1, "launch-template": 1, "iam-role": 1, "iam-instance-profile": 1,
            ]
        )
        #expect(bench.commands == ["init", "plan"])
        #expect(await bench.recorder.alive == [])
    }

    @Test func thePlanThatWasShownIsApplied() async throws {
        let bench = try Bench()
        let provisioner = try bench.provisioner()
        _ = try await provisioner.preview(Bench.request())
        let hosts = try await provisioner.provision(Bench.request())
        #expect(bench.commands == ["init", "plan", "apply"])
        #expect(hosts.map(\.name) == Bench.request().hosts.map(\.name))
        #expect(hosts[0].instanceID.hasPrefix("i-"))
        #expect(hosts[0].availabilityZone == "us-west-2b")
        #expect(bench.read("labhost.tfplan") == nil)
        #expect(bench.read("labhost.changing") == nil)
    }

    @Test func aRequestThatChangedIsPlannedAnew() async throws {
        let bench = try Bench()
        let provisioner = try bench.provisioner()
        _ = try await provisioner.preview(Bench.request())
        _ = try await provisioner.provision(Bench.request(zookeeperType: "t3.small"))
        #expect(bench.commands == ["init", "plan", "plan", "apply"])
    }

    @Test func aStalePlanIsMadeAnew() async throws {
        let bench = try Bench(refusingFirstApply: Bench.diagnostic("Saved plan is stale"))
        let provisioner = try bench.provisioner()
        _ = try await provisioner.preview(Bench.request())
        #expect(try await provisioner.provision(Bench.request()).count == 9)
        #expect(bench.commands == ["init", "plan", "apply", "plan", "apply"])
    }

    @Test func theLedgerHasEveryResourceWithItsPriceFacts() async throws {
        let bench = try Bench()
        _ = try await bench.provisioner().provision(Bench.request())
        let alive = await bench.recorder.alive
        #expect(Dictionary(grouping: alive, by: \.kind).mapValues(\.count)["instance"] == 9)
        #expect(alive.filter { $0.kind == "volume" }.count == 12)
        #expect(alive.count == 29)
        let broker = try #require(alive.first { $0.name == "broker-1" })
        #expect(
            broker.attributes == [
                "component": "broker", "instanceType": "t3.small", "lifecycle": "on-demand", "publicAddress": "true",
            ]
        )
        let disk = try #require(alive.first { $0.name == "bookkeeper-2/data" })
        #expect(disk.attributes["sizeGB"] == "50")
        #expect(disk.attributes["volumeType"] == "gp3")
        // Each creation was announced under the same name, before terraform began.
        let events = await bench.recorder.events
        let intents = events.compactMap { event -> String? in
            guard case .intended(let intent) = event else { return nil }
            return "\(intent.kind) \(intent.name)"
        }
        #expect(Set(intents) == Set(alive.map { "\($0.kind) \($0.name)" }))
        let firstCreated = events.firstIndex { if case .created = $0 { true } else { false } }
        let lastIntended = events.lastIndex { if case .intended = $0 { true } else { false } }
        #expect(try #require(lastIntended) < (try #require(firstCreated)))
    }

    @Test func progressCountsToTheWhole() async throws {
        let bench = try Bench()
        _ = try await bench.provisioner().provision(Bench.request())
        let progress = await bench.recorder.events.compactMap { event -> PluginAPI.Progress? in
            guard case .progress(let progress) = event, progress.total != nil else { return nil }
            return progress
        }
        #expect(progress.last?.completed == 19)
        #expect(progress.last?.total == 19)
    }

    @Test func secretsTravelInTheEnvironmentAlone() async throws {
        let bench = try Bench { arguments in
            guard arguments.first == "apply" else { return nil }
            let text = "refused: a-secret-that-must-never-show a-token-that-must-never-show"
            return ([Bench.diagnostic(text), text], ProcessResult(status: 1, standardError: text))
        }
        let error = await #expect(throws: LabError.self) {
            try await bench.provisioner().provision(Bench.request())
        }
        #expect(error?.code == .provisioning)
        #expect(error?.description.contains("never-show") == false)
        let files = try FileManager.default.subpathsOfDirectory(atPath: bench.folder)
        #expect(files.allSatisfy { bench.read($0)?.contains("never-show") != true })
        for invocation in bench.processes.invocations {
            #expect(!invocation.arguments.joined(separator: " ").contains("never-show"))
            #expect(invocation.environment["AWS_SECRET_ACCESS_KEY"] == "a-secret-that-must-never-show")
            #expect(invocation.environment["TF_VAR_region"] == .some(nil))
            #expect(invocation.environment["AWS_PROFILE"] == .some(nil))
            #expect(invocation.environment["TF_PLUGIN_CACHE_DIR"] == nil)
        }
        let mode = try FileManager.default.attributesOfItem(atPath: "\(bench.folder)/terraform.tfvars.json")
        #expect(mode[.posixPermissions] as? Int == 0o600)
    }

    @Test func whatAWSRefusesIsSaidOnceForAllHosts() async throws {
        let bench = try Bench { arguments in
            guard arguments.first == "apply" else { return nil }
            let lines = ["broker-2", "broker-1"].map { host in
                Bench.diagnostic(
                    "creating EC2 Instance: RunInstances, api error InsufficientInstanceCapacity: no m6i in this zone",
                    address: "module.compute.aws_instance.this[\"\(host)\"]"
                )
            }
            return (lines, ProcessResult(status: 1))
        }
        let error = await #expect(throws: LabError.self) {
            try await bench.provisioner().provision(Bench.request())
        }
        #expect(
            error?.description == """
                terraform could not create the cluster: broker-2 (t3.small): InsufficientInstanceCapacity
                  AWS: no m6i in this zone (broker-1, broker-2)
                  try: another zone with --set aws.availability_zone=…, or another instance type
                """
        )
    }

    @Test func hostsWithoutSpotCapacityFallBackAndStayThere() async throws {
        let spot = SpotRequest(maxPrice: 0.05, fallsBackToOnDemand: true)
        let bench = try Bench(
            refusingFirstApply: Bench.diagnostic(
                "api error SpotMaxPriceTooLow: 0.05 is below 0.06",
                address: "module.compute.aws_instance.this[\"broker-2\"]"
            )
        )
        let provisioner = try bench.provisioner()
        _ = try await provisioner.provision(Bench.request(spot: spot))
        #expect(await bench.recorder.notes.contains("no spot capacity for broker-2: taken on demand"))
        for _ in 0..<2 {
            let text = try #require(bench.read("terraform.tfvars.json"))
            let hosts = try JSON.parse(Array(text.utf8), file: "tfvars")["hosts"]
            #expect(hosts?["broker-1"]?["spot"]?["max_price"]?.text == "0.05")
            #expect(hosts?["broker-2"]?["spot"] == nil)
            _ = try await provisioner.provision(Bench.request(spot: spot))
        }
    }

    @Test(arguments: [
        "RequestID: 6f3c235d, LimitExceeded: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
        "RequestID: 6f3c235d, api error InvalidPermission.NotFound: The specified rule does not exist",
        "RequestID: 6f3c235d, api error InvalidSubnet.Conflict: The CIDR '10.0.1.0/24' conflicts with another subnet",
    ])
    func `a call that was made twice, as its answer was lost, costs no cluster`(_ refusal: String) async throws {
        let bench = try Bench(refusingFirstApply: Bench.diagnostic("https response error StatusCode: 409, \(refusal)"))
        #expect(try await bench.provisioner().provision(Bench.request()).count == 9)
        #expect(bench.commands == ["init", "plan", "apply", "plan", "apply"])
        #expect(bench.read("labhost.changing") == nil)
    }

    @Test func `another limit is no call that was made twice`() async throws {
        let refusal = "RequestID: 6f3c235d, LimitExceeded: Cannot exceed quota for RolesPerAccount: 1000"
        let bench = try Bench(refusingFirstApply: Bench.diagnostic(refusal))
        let error = await #expect(throws: LabError.self) {
            try await bench.provisioner().provision(Bench.request())
        }
        #expect(error?.message.hasSuffix("LimitExceeded") == true)
        #expect(bench.commands == ["init", "plan", "apply"])
    }

    @Test func aLedgerThatCannotBeWrittenStopsTheApply() async throws {
        struct FullDisk: EventSink {
            func record(_ event: PluginEvent) async throws {
                if case .created = event { throw LabError(.failed, "no space left") }
            }
        }
        let bench = try Bench()
        var context = try bench.provisioner().context
        context.events = FullDisk()
        let provisioner = try TerraformProvisioner(options: TerraformOptions(), context: context)
        let error = await #expect(throws: LabError.self) { try await provisioner.provision(Bench.request()) }
        #expect(error?.message == "no space left")
        #expect(bench.read("labhost.changing") != nil)
    }

    @Test func aModuleWithoutTheOutputIsTold() async throws {
        let bench = try Bench { $0.first == "apply" ? ([], ProcessResult(status: 0)) : nil }
        let error = await #expect(throws: LabError.self) {
            try await bench.provisioner().provision(Bench.request())
        }
        #expect(error?.message == "the module's output `hosts` does not say where the hosts are")
    }
}
