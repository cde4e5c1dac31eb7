import PluginAPI
import Testing

@testable import Pulsar

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Hosts, addresses and the cluster made of them") struct LayoutTests {
    let system = PulsarSystem()
    let expiry = Date(timeIntervalSince1970: 1_900_000_000)

    @Test func hostsHaveNamesAndAddressesOfTheirOwn() throws {
        let hosts = try system.hosts(for: sampleSpec(), lifetime: HostLifetime(expiry: expiry))
        #expect(
            hosts.map { "\($0.name) \($0.privateAddress)" } == [
                "zookeeper-1 10.0.1.4", "zookeeper-2 10.0.1.8", "zookeeper-3 10.0.1.12",
                "bookkeeper-1 10.0.1.5", "bookkeeper-2 10.0.1.9", "bookkeeper-3 10.0.1.13",
                "broker-1 10.0.1.6", "broker-2 10.0.1.10", "client-1 10.0.1.7",
            ]
        )
        #expect(hosts.filter { $0.dataVolume != nil }.map(\.component) == ["bookkeeper", "bookkeeper", "bookkeeper"])
    }

    @Test func oneMoreBrokerMovesNoOtherHost() throws {
        let more = ["zookeeper": 3, "bookkeeper": 3, "broker": 5, "client": 1]
        let before = try system.hosts(for: sampleSpec(), lifetime: HostLifetime(expiry: expiry)).map {
            "\($0.name) \($0.privateAddress)"
        }
        let after = try system.hosts(for: sampleSpec(counts: more), lifetime: HostLifetime(expiry: expiry))
        #expect(Set(before).isSubset(of: after.map { "\($0.name) \($0.privateAddress)" }))
    }

    @Test func theSmallestSubnetHoldsASmallCluster() throws {
        let hosts = try system.hosts(for: sampleSpec(subnet: "10.0.1.240/28"), lifetime: HostLifetime(expiry: expiry))
        #expect(hosts.map(\.privateAddress).contains("10.0.1.253"))
        #expect(Set(hosts.map(\.privateAddress)).count == hosts.count)
        let counts = ["zookeeper": 3, "bookkeeper": 4, "broker": 2, "client": 1]
        let faults = system.faults(in: sampleSpec(counts: counts, subnet: "10.0.1.240/28"))
        #expect(faults.map(\.message) == ["10.0.1.240/28 has no room for the cluster's hosts: a /27 is needed"])
    }

    @Test func aSpecificationWithFaultsIsNotBuilt() {
        #expect(throws: LabError.self) {
            try system.hosts(for: sampleSpec(counts: ["zookeeper": 2]), lifetime: HostLifetime(expiry: expiry))
        }
    }

    @Test func theDriverKnowsEveryBrokerAndTheClustersQuorums() throws {
        let hosts = ["10.0.1.6", "10.0.1.10"].enumerated().map { index, address in
            Host(
                name: "broker-\(index + 1)",
                component: "broker",
                instanceID: "i-\(index)",
                privateAddress: address,
                instanceType: "t3.small"
            )
        }
        let counts = ["zookeeper": 1, "bookkeeper": 2, "broker": 2, "client": 1]
        let spec = sampleSpec(counts: counts, settings: ["broker": ["webServicePort": "8081"]])
        let cluster = try system.cluster(for: spec, on: hosts)
        #expect(cluster.endpoints["serviceUrl"] == "pulsar://10.0.1.6:6650,10.0.1.10:6650")
        #expect(cluster.endpoints["httpUrl"] == "http://10.0.1.6:8081,10.0.1.10:8081")
        #expect(cluster.driver.contains("  httpUrl: \"http://10.0.1.6:8081,10.0.1.10:8081\"\n"))
        #expect(cluster.driver.contains("    ensembleSize: 2\n    writeQuorum: 2\n    ackQuorum: 2\n"))
        #expect(
            cluster.driver.contains("driverClass: io.openmessaging.benchmark.driver.pulsar.PulsarBenchmarkDriver\n")
        )
    }

    @Test func aClusterWithoutBrokersIsRefused() {
        #expect(throws: LabError.self) { try system.cluster(for: sampleSpec(), on: []) }
    }
}
