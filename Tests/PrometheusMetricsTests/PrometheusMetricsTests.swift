import Foundation
import LabHost
import LocalExecutor
import PluginAPI
import PluginTestKit
import Synchronization
import SystemPackage
import Testing

@testable import PrometheusMetrics

/// The collector with a real shell, a real curl and a real server on this machine.
@Suite struct PrometheusMetricsTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func request() -> MetricsRequest {
        MetricsRequest(
            cell: Cell(
                name: "c#1",
                run: "c",
                type: .fixedRate,
                repetition: 1,
                workload: Workload(),
                timeoutSeconds: 60
            ),
            cluster: Cluster(
                hosts: [
                    Host(
                        name: "broker-1",
                        component: "broker",
                        instanceID: "local",
                        privateAddress: "127.0.0.1",
                        instanceType: "local"
                    )
                ],
                health: HealthCheck(script: "true", stages: []),
                driver: "",
                driverPath: "",
                endpoints: [:],
                paths: ClientPaths(results: directory.path.appending("it's here").string)
            ),
            resources: [],
            startedAt: Date(),
            directory: directory.path
        )
    }

    private var context: PluginContext {
        .fake(directory: directory.path, processes: SubprocessRunner(), clock: .system)
    }

    private func waitFor(_ condition: @Sendable () -> Bool) async throws {
        for _ in 0..<600 where !condition() { try await Task.sleep(for: .milliseconds(50)) }
        #expect(condition())
    }

    @Test func `it keeps the rules of collectors`() async throws {
        let asked = Mutex(0)
        let server = try TelemetryListener(at: ListenAddress("0")) {
            let count = asked.withLock { count in
                count += 1
                return count
            }
            return """
                # HELP pulsar_msg_backlog What is left.
                # TYPE pulsar_msg_backlog gauge
                pulsar_msg_backlog{topic="a \\"b\\" \\\\ c"} 4
                pulsar_msg_backlog{topic="it's $(touch broken)"} 3
                process_cpu_seconds_total \(count * 10)
                not_wanted 5

                """
        }
        defer { server.stop() }
        let options = PrometheusOptions(interval: 1, ports: ["broker": Int(server.address.port)])
        let collected = try await CollectorConformance.check(
            request(),
            through: LocalExecutor(options: NoOptions(), context: context),
            during: { try await waitFor { asked.withLock { $0 >= 3 } } },
            { PrometheusMetrics(options: options, context: context) }
        )
        let backlog = try #require(collected.series.first { $0.name == "pulsar_msg_backlog" })
        #expect(backlog.values.allSatisfy { $0 == nil || $0 == 7 })
        #expect(collected.series.contains { $0.name == "process_cpu_seconds_total/s" && $0.unit == "s/s" })
        #expect(!collected.series.contains { $0.name.contains("not_wanted") })
        // Nothing runs on: the last one asked is the last.
        let last = asked.withLock { $0 }
        try await Task.sleep(for: .seconds(2))
        #expect(asked.withLock { $0 } == last)
    }

    @Test func `a service that does not answer is told of, and has no series`() async throws {
        let events = EventRecorder()
        var context = context
        context.events = events
        let options = PrometheusOptions(interval: 1, ports: ["broker": 1])
        let collector = PrometheusMetrics(options: options, context: context)
        let executor = LocalExecutor(options: NoOptions(), context: context)
        let request = request()
        try await collector.begin(request, through: executor)
        // It is collected when curl has said what is wrong.
        let error = directory.path.appending("it's here")
            .appending("labhost-metrics-\(context.experiment)-broker").appending(request.key).appending("error")
        try await waitFor { (try? LocalFile.read(error))?.isEmpty == false }
        let collected = try await collector.end(request, through: executor)
        #expect(collected.series.isEmpty)
        let notes = await events.notes
        #expect(notes.contains { $0.contains("no metrics of some hosts: broker-1: curl") }, "\(notes)")
    }
}
