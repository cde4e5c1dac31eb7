import PluginAPI
import Testing

@testable import Pulsar

@Suite("Faults of a specification") struct FaultTests {
    let system = PulsarSystem()

    @Test func aUsualClusterHasNone() { #expect(system.faults(in: sampleSpec()) == []) }

    @Test func everyFaultIsFoundAtOnce() {
        var spec = sampleSpec(
            name: "no spaces",
            counts: ["zookeeper": 2, "bookkeeper": 0, "broker": 1, "proxy": 1],
            subnet: "10.9.1.0/24",
            settings: ["broker": ["a b": "1"], "proxy": [:]]
        )
        spec.components["broker"]?.heap = "lots"
        spec.components["broker"]?.instanceType = "large; rm -rf /"
        let expected = [
            "cluster.proxy", "cluster.zookeeper.count", "cluster.bookkeeper.count", "cluster.broker.instance_type",
            "cluster.broker.heap", "cluster.client", "network.subnet_cidr", "pulsar.cluster_name", "pulsar.broker.a b",
            "pulsar.proxy",
        ]
        #expect(system.paths(of: spec) == expected)
    }

    @Test(arguments: ["512M", "1g", "4096k", "16G"]) func heapsThatJavaTakes(size: String) {
        #expect(JVMMemory.isSize(size))
    }

    @Test(arguments: ["", "M", "512", "0M", "-1M", "1.5G", "1 G", "٣M", "512M -XX:+Evil", "99999999999999999999M"])
    func heapsThatItDoesNot(size: String) { #expect(!JVMMemory.isSize(size)) }

    @Test(arguments: [0, 2, 4, 9, -1]) func zookeeperCounts(count: Int) {
        let counts = ["zookeeper": count, "bookkeeper": 3, "broker": 1, "client": 1]
        #expect(system.paths(of: sampleSpec(counts: counts)) == ["cluster.zookeeper.count"])
    }

    @Test func quorumsMustFitTheBookies() {
        func paths(_ bookies: Int, _ settings: [String: String]) -> [String] {
            let counts = ["zookeeper": 1, "bookkeeper": bookies, "broker": 1, "client": 1]
            return system.paths(of: sampleSpec(counts: counts, settings: ["broker": settings]))
        }
        let (ensemble, write, ack) = (Quorums.keys[0], Quorums.keys[1], Quorums.keys[2])
        #expect(paths(1, [:]) == [])
        #expect(paths(2, [ensemble: "3"]) == ["pulsar.broker.\(ensemble)"])
        #expect(paths(3, [ensemble: "2", write: "3"]) == ["pulsar.broker.\(write)"])
        #expect(paths(3, [ack: "0"]) == ["pulsar.broker.\(ack)"])
        #expect(paths(3, [write: "2", ack: "3"]) == ["pulsar.broker.\(ack)"])
        #expect(paths(3, [ack: "two"]) == ["pulsar.broker.\(ack)"])
    }

    @Test(arguments: [
        (1, [:], [1, 1, 1]),
        (2, [:], [2, 2, 2]),
        (3, [:], [3, 3, 2]),
        (5, [:], [3, 3, 2]),
        (5, ["managedLedgerDefaultEnsembleSize": "5"], [5, 3, 2]),
        (5, ["managedLedgerDefaultWriteQuorum": "4"], [4, 4, 3]),
        (3, ["managedLedgerDefaultEnsembleSize": "1"], [1, 1, 1]),
    ]) func defaultQuorums(bookies: Int, settings: [String: String], expected: [Int]) throws {
        let quorums = try #require(Quorums(bookies: bookies, settings: settings))
        #expect([quorums.ensemble, quorums.write, quorums.ack] == expected)
    }

    @Test(arguments: [
        ("broker", "clusterName", "x"), ("broker", "advertisedAddress", "10.0.0.1"), ("broker", "key", "a\nb"),
        ("broker", "key", "a\u{0}b"), ("broker", "key=other", "1"), ("broker", "", "1"), ("zookeeper", "server.1", "x"),
        ("broker", "webServicePort", "http"), ("broker", "webServicePort", "08080"), ("bookkeeper", "bookiePort", "0"),
    ]) func settingsThatAreRefused(section: String, key: String, value: String) {
        #expect(system.paths(of: sampleSpec(settings: [section: [key: value]])) == ["pulsar.\(section).\(key)"])
    }

    @Test(arguments: [
        "10.0.1.0", "10.0.1.0/33", "10.0.1.0/8", "10.0.1.5/24", "10.0.01.0/24", "10.0.1.0/+24", "::/64", "",
        "10.0.2.0/30",
        "10.1.0.0/24",
    ]) func subnetsThatAreRefused(subnet: String) {
        #expect(system.paths(of: sampleSpec(subnet: subnet)) == ["network.subnet_cidr"])
    }

    @Test func theWorldIsNotLetIn() {
        var spec = sampleSpec()
        spec.network.allowedSSHCIDRs = ["203.0.113.7/32", "0.0.0.0/0", "home"]
        #expect(system.paths(of: spec) == ["network.allowed_ssh_cidrs[1]", "network.allowed_ssh_cidrs[2]"])
    }

    @Test func disksAreHeldToTheLimitsOfTheirType() {
        func keys(_ volume: VolumeSpec) -> [String] { VolumeReview(volume).faults(at: "s").map(\.path) }
        #expect(keys(VolumeSpec(type: "gp3", sizeGB: 50, iops: 3_000, throughputMBps: 125)) == [])
        #expect(keys(VolumeSpec(type: "gp3", sizeGB: 1, iops: 3_000)) == [])
        #expect(keys(VolumeSpec(type: "gp3", sizeGB: 10, iops: 16_000)) == ["s.iops"])
        #expect(keys(VolumeSpec(type: "gp3", sizeGB: 50, throughputMBps: 1_000)) == ["s.throughput_mbps"])
        #expect(keys(VolumeSpec(type: "gp2", sizeGB: 0, iops: 100)) == ["s.size_gb", "s.iops"])
        #expect(keys(VolumeSpec(type: "io2", sizeGB: 50)) == ["s.iops"])
        #expect(keys(VolumeSpec(type: "floppy", sizeGB: 1)) == ["s.type"])
    }

    @Test func onlyBookiesHaveADataDisk() {
        var spec = sampleSpec()
        spec.components["broker"]?.storage = VolumeSpec(type: "gp3", sizeGB: 50)
        #expect(system.paths(of: spec) == ["cluster.broker.storage"])
    }
}
