import PluginAPI
import PluginTestKit
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Cell {
    static func fixed(_ name: String, rate: Int) -> Cell {
        let workload = Workload(producerRate: rate, warmupMinutes: 1, testMinutes: 1)
        return Cell(name: name, run: name, type: .fixedRate, repetition: 1, workload: workload, timeoutSeconds: 600)
    }
}

extension Cluster {
    /// Three ZooKeepers, three bookies, two brokers and a client that do not exist.
    static func simulated(type: String = "m6i.large") -> Cluster {
        let counts = [("zookeeper", 3), ("bookkeeper", 3), ("broker", 2), ("client", 1)]
        let names = counts.flatMap { component, count in (1...count).map { (component, "\(component)-\($0)") } }
        let hosts = names.enumerated().map { index, name in
            Host(
                name: name.1,
                component: name.0,
                instanceID: "i-\(name.1)",
                privateAddress: "10.0.1.\(10 + index)",
                instanceType: type
            )
        }
        let driver = """
            name: Pulsar
            driverClass: io.openmessaging.benchmark.driver.pulsar.PulsarBenchmarkDriver
            client:
              serviceUrl: pulsar://10.0.1.16:6650
              persistence:
                ensembleSize: 3
                writeQuorum: 3
                ackQuorum: 2
            producer:
              batchingEnabled: true
            """
        return Cluster(
            hosts: hosts,
            health: HealthCheck(script: "", stages: []),
            driver: driver,
            driverPath: "/opt/benchmark-configs/pulsar-driver.yaml",
            endpoints: [:]
        )
    }
}
