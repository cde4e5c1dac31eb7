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
}
