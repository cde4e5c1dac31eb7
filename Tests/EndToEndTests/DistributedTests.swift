import Foundation
import Testing

/// Several clients, several cells on one cluster, and what is kept of them.
@Suite(.serialized) struct DistributedTests {
    private static let plan =
        "name: two-clients\n" + SmallCluster.keys.replacing("client: {count: 1", with: "client: {count: 2") + """
            test_runs:
              - {name: first, type: fixed_rate, producer_rate: 1000, canary: true, workload_overrides: {extra_consumers: true}}
            """

    @Test func `two clients share the load of cells that find a clean cluster, and what it is made of is kept`()
        async throws
    {
        try await Sandbox.run(["--omb-speed", "6000"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(Self.plan)
            let run = try await labhost("run", "--yes", "--provisioner", "ec2", "--keep", "always", plan)
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            for client in ["client-1", "client-2"] {
                #expect(try labhost.latest("cells/first/worker-\(client).log").contains("Listening on"))
            }
            #expect(try labhost.latest("cells/first/omb.log").contains("http://10.0.1."))
            #expect(try labhost.latest("cells/first/host-samples.tsv").contains("client-2\tclock\t"))
            #expect(run.errors.contains("drift"))

            let keeper = try #require(try await sandbox.roots(of: "zookeeper").first)
            let left = try String(contentsOfFile: "\(keeper)/run/namespaces.json", encoding: .utf8)
            let names = left.matches(of: /benchmark\/(exp-[0-9]+-[0-9]+-[a-z0-9]+)-([0-9a-f]{8})-/)
            #expect(Set(names.map(\.1)) == [Substring(try labhost.latestID())])
            // Those of the last cell only: what came before was deleted.
            #expect(Set(names.map(\.2)).count == 1, "\(left)")

            let facts = try labhost.latest("facts-1-1.json")
            #expect(facts.contains("ami-0a1b2c3d4e5f60002") && facts.contains("\"metadataStoreUrl\""))
            #expect(try labhost.latest("report/results.json").contains("\"facts-1-1.json\""))
            #expect(try await labhost("teardown", "latest").status == 0)
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
