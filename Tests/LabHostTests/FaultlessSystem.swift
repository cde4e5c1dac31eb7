import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A system that has nothing to say about any specification.
struct FaultlessSystem: SystemUnderTest {
    func faults(in spec: ClusterSpec) -> [SpecFault] { [] }

    func hosts(for spec: ClusterSpec, lifetime: HostLifetime) throws -> [HostSpec] { [] }

    func infrastructure(of spec: ClusterSpec) -> ClusterSpec { spec.infrastructure }
    func reconfiguration(from old: ClusterSpec?, to new: ClusterSpec, on hosts: [Host]) -> [ReconfigurationStage] { [] }

    func cluster(for spec: ClusterSpec, on hosts: [Host]) throws -> Cluster {
        Cluster(hosts: hosts, health: HealthCheck(script: "", stages: []), driver: "", driverPath: "", endpoints: [:])
    }
}
