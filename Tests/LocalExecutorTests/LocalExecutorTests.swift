import LabHost
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LocalExecutor

/// This machine as a host, with real processes.
@Suite struct LocalExecutorTests {
    private let folder: TemporaryDirectory
    private let executor: LocalExecutor

    init() throws {
        folder = try TemporaryDirectory()
        let context = PluginContext.fake(
            directory: folder.path.appending("executor"),
            processes: SubprocessRunner(),
            clock: .system
        )
        executor = LocalExecutor(options: NoOptions(), context: context)
    }

    @Test(arguments: ExecutorConformance.cases)
    func `the local executor conforms`(_ conformance: ExecutorConformance.Case) async throws {
        let hosts = ["broker-1", "client-1"].map {
            Host(name: $0, component: "any", instanceID: "local", privateAddress: "127.0.0.1", instanceType: "local")
        }
        try await conformance.check(
            .init(executor: executor, hosts: hosts, folder: folder.path.appending("host").string, local: folder.path)
        )
    }
}
