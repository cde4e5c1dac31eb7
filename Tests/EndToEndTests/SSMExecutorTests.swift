import AWS
import PluginAPI
import PluginTestKit
import SSMExecutor
import SystemPackage
import Testing

/// The executor against an emulated Systems Manager whose hosts really run what they are told.
@Suite(.serialized) struct SSMExecutorTests {
    @Test func `the Systems Manager executor conforms`() async throws {
        try await Sandbox.run { sandbox in
            let local = try TemporaryDirectory()
            let account = try Account(sandbox)
            let hosts = try await account.launchFleet(2)
            let executor = SSMExecutor(options: NoOptions(), context: account.context)
            try await withThrowingTaskGroup { group in
                for (index, conformance) in ExecutorConformance.cases.enumerated() {
                    group.addTask {
                        let scratch = local.path.appending("case-\(index)")
                        try LocalFile.makeDirectory(scratch)
                        do {
                            try await conformance.check(
                                .init(executor: executor, hosts: hosts, folder: "/opt/case-\(index)", local: scratch)
                            )
                        } catch { Issue.record(error, "\(conformance.name)") }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a host that is gone holds up nobody and is named`() async throws {
        try await Sandbox.run(["--throttle-rate", "0.2"]) { sandbox in
            let account = try Account(sandbox)
            let hosts = try await account.launchFleet(3)
            let executor = SSMExecutor(options: NoOptions(), context: account.context)
            try await account.call("TerminateInstances", ["InstanceId.1": hosts[1].instanceID])
            let outcomes = try await executor.run(Script("hostname >/dev/null; echo here"), on: hosts)
            #expect(outcomes.map(\.host) == ["host-1", "host-2", "host-3"])
            #expect(outcomes.map(\.output) == ["here\n", "", "here\n"])
            guard case .undelivered = outcomes[1].ending else {
                Issue.record("\(outcomes[1])")
                return
            }
        }
    }
}
