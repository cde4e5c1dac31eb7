import Foundation
import Testing

/// Several clients, several cells on one cluster, and what is kept of them.
@Suite(.serialized) struct DistributedTests {
    private static let plan =
        "name: two-clients\n" + SmallCluster.keys.replacing("client: {count: 1", with: "client: {count: 2") + """
            test_runs:
              - {name: first, type: fixed_rate, producer_rate: 1000, workload_overrides: {extra_consumers: true}}
              - {name: second, type: fixed_rate, producer_rate: 2000}
            """

    @Test func `two clients share the load of two cells`() async throws {
        try await Sandbox.run(["--omb-speed", "6000"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let run = try await labhost("run", "--yes", "--provisioner", "ec2", try labhost.plan(Self.plan))
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            for client in ["client-1", "client-2"] {
                #expect(try labhost.latest("cells/second/worker-\(client).log").contains("Listening on"))
            }
            #expect(try labhost.latest("cells/first/omb.log").contains("http://10.0.1."))
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
