import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import TerraformProvisioner

@Suite("Teardown") struct TeardownTests {
    @Test func terraformFirstThenByTag() async throws {
        let bench = try Bench()
        let provisioner = try bench.provisioner()
        _ = try await provisioner.provision(Bench.request())
        let outcome = try await provisioner.teardown(await bench.recorder.alive)
        #expect(bench.commands.last == "destroy")
        #expect(outcome.isVerified)
        #expect(outcome.remaining == [])
        #expect(outcome.errors == [])
        #expect(outcome.deleted.filter { $0.kind == "instance" }.count == 9)
        #expect(await bench.recorder.alive.filter { $0.kind != "volume" }.map(\.name) == [])
        #expect(bench.read("terraform.tfstate") == nil)
    }

    @Test func withoutAStateByTagAlone() async throws {
        let bench = try Bench()
        let known = [Resource(kind: "vpc", id: "vpc-1", name: "vpc")]
        let outcome = try await bench.provisioner().teardown(known)
        #expect(bench.commands == [])
        #expect(outcome.isVerified && outcome.remaining.isEmpty)
        #expect(await bench.recorder.events.contains(.deleted(kind: "vpc", id: "vpc-1")))
    }

    @Test func anApplyThatDidNotEndIsDeletedByTag() async throws {
        let bench = try Bench()
        try bench.write("terraform.tfstate", "{}")
        try bench.write("labhost.changing", "")
        let outcome = try await bench.provisioner().teardown([])
        #expect(bench.commands == [])
        #expect(outcome.isVerified)
        #expect(bench.read("labhost.changing") == nil)
        #expect(bench.read("terraform.tfstate") == nil)
    }

    @Test func terraformsFailureIsKeptAndDoesNotMatter() async throws {
        let bench = try Bench { arguments in
            guard arguments.first == "destroy" else { return nil }
            return ([Bench.diagnostic("no")], ProcessResult(status: 1))
        }
        try bench.write("terraform.tfstate", "{}")
        let outcome = try await bench.provisioner().teardown([])
        #expect(bench.commands == ["init", "destroy"])
        #expect(outcome.isVerified && outcome.remaining.isEmpty)
        #expect(outcome.errors.map(\.message) == ["terraform could not destroy everything"])
    }

    @Test func aResourceThatDoesNotGoIsNotWaitedForLong() async throws {
        let bench = try Bench { arguments in
            guard arguments.first == "destroy" else { return nil }
            let lines = [10, 50, 1_200].map { seconds in
                """
                {"type":"apply_progress","hook":{"resource":{"addr":"module.network.aws_vpc.this",\
                "resource_type":"aws_vpc"},"action":"delete","elapsed_seconds":\(seconds)}}
                """
            }
            return (lines, ProcessResult(status: 0))
        }
        try bench.write("terraform.tfstate", "{}")
        let outcome = try await bench.provisioner().teardown([])
        let expected = "terraform waited 50 s for module.network.aws_vpc.this to go, and was interrupted"
        #expect(outcome.errors.map(\.message) == [expected])
        #expect(outcome.isVerified)
    }

    @Test func aModuleOfTheUsersIsDestroyedByTerraformInAnyCase() async throws {
        let bench = try Bench { arguments in
            guard arguments.first == "destroy" else { return nil }
            return ([Bench.diagnostic("no")], ProcessResult(status: 1))
        }
        try bench.write("terraform.tfstate", "{}")
        try bench.write("labhost.changing", "")
        _ = try await bench.provisioner(TerraformOptions(module: "/mine")).teardown([])
        let refreshing = bench.processes.invocations.filter { $0.arguments.first == "destroy" }
            .map { $0.arguments.contains("-refresh=true") }
        #expect(refreshing == [false, true])
        #expect(bench.read("terraform.tfstate") != nil)
    }

    @Test func aSecondApplyStartsOverWhereSomethingIsUnknown() async throws {
        let bench = try Bench()
        try bench.write("labhost.changing", "")
        try bench.write("terraform.tfstate", "{}")
        _ = try await bench.provisioner().provision(Bench.request())
        // Nothing was found by tag: the state is whole, and is built upon.
        #expect(bench.commands == ["init", "plan", "apply"])
        #expect(bench.read("labhost.changing") == nil)
    }
}
