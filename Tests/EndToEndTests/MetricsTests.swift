import AWS
import Foundation
import LabHost
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

/// Looking inside the cluster, and at labhost itself.
@Suite(.serialized) struct MetricsTests {
    @Test func `all collectors look at a cell of an emulated cluster`() async throws {
        try await Sandbox.run(["--cpu-credits", "0"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(
                """
                name: inside
                plugins: {metrics: [host, {use: prometheus, options: {interval: 1}}, cloudwatch]}
                \(SmallCluster.keys)
                test_runs: [{name: fixed, type: fixed_rate, producer_rate: 10000}]
                """
            )
            let run = try await labhost("run", "--yes", "--provisioner", "ec2", plan)
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            let archive = MetricsArchive(labhost.directory.appending("latest/cells"))
            let series = try archive.series(of: "fixed")
            let names = Set(series.map { "\($0.host) \($0.name)" })
            for wanted in [
                "broker-1 memory", "bookkeeper-1 pulsar_msg_backlog", "broker-1 pulsar_msg_backlog",
                "broker-1 cpu_credits", "client-1 network_out", "broker-1 root_write_ops",
            ] { #expect(names.contains(wanted), "\(wanted) is not in \(names.sorted())") }
            #expect(
                series.first { $0.name == "pulsar_msg_backlog" }?.values.compactMap(\.self).allSatisfy { $0 == 7 }
                    == true
            )
            // Credits that are used up cast doubt on what was measured.
            let outcome = try labhost.latest("cells/fixed/outcome.json")
            #expect(outcome.contains(#""burst-credits""#))
            #expect(outcome.contains(#""suspect""#))
            #expect(try labhost.latest("report/index.html").contains("inside the hosts"))
            #expect(try await sandbox.leaks().count == 0)
            try await expectPolicyToAllowCalls(sandbox, labhost, "ec2", plan)
        }
    }

    @Test func `offline nobody is asked, and a plan may name collectors all the same`() async throws {
        let labhost = try LabHost()
        let run = try await labhost.run([
            "run", "--yes", "--provisioner", "dry-run", "--executor", "dry-run", "--metrics",
            "host,prometheus,cloudwatch",
            "--json", "plans/poc.yaml",
        ])
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
        #expect(!run.errors.contains("says nothing"))
        #expect(!run.errors.contains("no metrics of"))
        // Every line of the stream is an event.
        for line in run.output.split(separator: "\n") {
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        }
    }

    @Test func `labhost serves metrics of itself while it runs, and no longer`() async throws {
        let labhost = try LabHost()
        let port = try freePort()
        let served = Locked("")
        let run = try await labhost.run([
            "run", "--yes", "--metrics-listen", "127.0.0.1:\(port)", "--only", "steady", "--set",
            "plugins.executor.options.speed=20", "plans/local-smoke.yaml",
        ]) { _ in
            for _ in 0..<400 {
                if let text = await get(port), text.contains("labhost_") {
                    served.withLock { $0 = text }
                    if text.contains("labhost_publish_rate") { return }
                }
                try? await Task.sleep(for: .milliseconds(25))
            }
        }
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
        #expect(run.errors.contains("metrics: http://127.0.0.1:\(port)/metrics"))
        #expect(served.withLock { $0 }.contains("labhost_cells_scheduled"), "\(served.withLock { $0 })")
        #expect(await get(port) == nil)
    }

    private func freePort() throws -> UInt16 {
        let listener = try TelemetryListener(at: ListenAddress("0")) { "" }
        listener.stop()
        return listener.address.port
    }

    private func get(_ port: UInt16) async -> String? {
        let request = HTTPRequest(
            method: "GET",
            url: "http://127.0.0.1:\(port)/metrics",
            headers: [],
            body: [],
            timeout: .seconds(5)
        )
        let response = try? await CurlTransport(.init(environment: [:])).send(request)
        return response.map { String(decoding: $0.body, as: UTF8.self) }
    }
}
