import Foundation
import HostSampling
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import HostMetrics

@Suite struct HostMetricsTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let broker = Host(
        name: "broker-1",
        component: "broker",
        instanceID: "i-1",
        privateAddress: "10.0.1.10",
        instanceType: "t3.small"
    )

    private var request: MetricsRequest {
        MetricsRequest(
            cell: Cell(name: "c", run: "c", type: .fixedRate, repetition: 1, workload: Workload(), timeoutSeconds: 60),
            cluster: Cluster(
                hosts: [Self.broker],
                health: HealthCheck(script: "true", stages: []),
                driver: "",
                driverPath: "",
                endpoints: [:]
            ),
            resources: [],
            startedAt: Date(timeIntervalSince1970: 1000),
            directory: directory.path
        )
    }

    /// Every 10 s: half of the processors' time, a quarter stolen, 5 MB read, 10 MB written, 8 s busy.
    private func sample(_ index: Int, at time: Int) -> String {
        let ticks = index * 100
        return
            "sample\t\(time)\t\(ticks * 2) 0 \(ticks) 0 0 0 0 \(ticks)\t\(index * 1000) 1 \(index * 2000) 1\t-\t-\t1000 250\t"
            + "nvme0n1:\(index * 10_000):\(index * 20_000):\(index * 8000) nvme1n1:0:0:\(index * 1000)\n"
    }

    @Test func `it keeps the rules of collectors`() async throws {
        let text = (0..<5).map { sample($0, at: 1000 + $0 * 10) }.joined()
        try HostSamples.keep([("broker-1", text), ("gone-1", "")], in: directory.path)
        let collected = try await CollectorConformance.check(request, through: UnreachableHosts()) {
            HostMetrics(options: NoOptions(), context: .fake())
        }
        let values = Dictionary(uniqueKeysWithValues: collected.series.map { ($0.name, $0.values) })
        #expect(values["cpu"] == [100, 100, 100, 100])
        #expect(values["steal"] == [25, 25, 25, 25])
        #expect(values["memory"] == [75, 75, 75, 75])
        #expect(values["disk_read"] == Array(repeating: 512_000, count: 4))
        #expect(values["disk_write"] == Array(repeating: 1_024_000, count: 4))
        #expect(values["disk_busy"] == [80, 80, 80, 80])
        #expect(values["net_in"] == [100, 100, 100, 100])
        #expect(values["net_out"] == [200, 200, 200, 200])
    }

    @Test func `between two probes nothing is known, and nothing is zero`() async throws {
        for (number, start) in [(1, 1000), (2, 1100)] {
            let probe = directory.path.appending("probes").appending("p\(number)")
            try LocalFile.makeDirectory(probe)
            let text = (0..<3).map { sample($0 + number * 10, at: start + $0 * 10) }.joined()
            try HostSamples.keep([("broker-1", text)], in: probe)
        }
        let collected = try await HostMetrics(options: NoOptions(), context: .fake())
            .end(request, through: UnreachableHosts())
        let memory = try #require(collected.series.first { $0.name == "memory" })
        #expect(memory.start == Date(timeIntervalSince1970: 1000))
        #expect(memory.values.contains(nil))
        #expect(!memory.values.contains(0))
    }
}
