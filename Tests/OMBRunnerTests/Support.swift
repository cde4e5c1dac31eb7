import PluginAPI
import PluginTestKit
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Cell {
    /// The cell that a recording would be the measurement of.
    static func recorded(
        _ name: String,
        rate: Int?,
        size: Int = 100,
        minutes: Int = 1,
        timeoutSeconds: Int = 600
    ) -> Cell {
        Cell(
            name: name,
            run: name,
            type: rate == nil ? .maxRate : .fixedRate,
            repetition: 1,
            workload: Workload(messageSizeBytes: size, producerRate: rate, warmupMinutes: 0, testMinutes: minutes),
            timeoutSeconds: timeoutSeconds
        )
    }
}

extension Cluster {
    static func oneClient(driver: String = "name: Redis\n") -> Cluster {
        let host = Host(
            name: "client-1",
            component: "client",
            instanceID: "i-0123",
            privateAddress: "10.0.1.9",
            instanceType: "m6i.large"
        )
        return Cluster(
            hosts: [host],
            health: HealthCheck(script: "", stages: []),
            driver: driver,
            driverPath: "/opt/benchmark-configs/driver.yaml",
            endpoints: [:]
        )
    }
}
