import Document
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import DryRunExecutor

@Suite("The model reacts to what plans change")
struct ModelTests {
    private func model(
        type: String = "m6i.large",
        brokers: Int = 2,
        size: Int = 1024,
        persistence: String = "ensembleSize: 3, writeQuorum: 3, ackQuorum: 2"
    ) throws -> ClusterModel {
        var hosts = Cluster.simulated(type: type).hosts
        while hosts.count(where: { $0.component == "broker" }) < brokers {
            var another = hosts.first { $0.component == "broker" } ?? hosts[0]
            another.name += "-more"
            hosts.append(another)
        }
        let workload = """
            {topics: 1, partitionsPerTopic: 16, messageSize: \(size), subscriptionsPerTopic: 1, producersPerTopic: 1}
            """
        return ClusterModel(
            hosts: hosts,
            workload: try SimulatedWorkload(Array(workload.utf8), path: "workload.yaml"),
            driver: try SimulatedDriver(Array("{client: {persistence: {\(persistence)}}}".utf8), path: "driver.yaml")
        )
    }

    @Test("larger hosts, smaller messages and fewer copies carry more")
    func capacity() throws {
        let base = try model()
        #expect(try model(type: "m6i.xlarge").capacity > base.capacity)
        #expect(try model(type: "t3.small").capacity < base.capacity)
        #expect(try model(size: 4096).capacity < base.capacity)
        let twoCopies = try model(persistence: "ensembleSize: 3, writeQuorum: 2, ackQuorum: 2")
        #expect(twoCopies.capacity > base.capacity)
        #expect(["bookie disks", "broker network"].contains(base.bottleneck))
        #expect(try model(brokers: 6).capacity >= base.capacity)
    }

    @Test("waiting for more bookies takes longer, and a busy cluster longer still")
    func latency() throws {
        let base = try model()
        #expect(try model(persistence: "ensembleSize: 3, writeQuorum: 3, ackQuorum: 3").serviceMs > base.serviceMs)
        func p99(at share: Double) -> Double {
            var noise = Noise(seed: 1)
            let samples = (0..<5000).map { _ in base.publishLatency(at: base.capacity * share, with: &noise) }
            return Distribution(samples).percentile(99)
        }
        #expect(p99(at: 0.1) < p99(at: 0.5))
        #expect(p99(at: 0.5) < p99(at: 0.9))
        #expect(p99(at: 0.9) < p99(at: 1.5))
        #expect(p99(at: 0.1) < 20)
    }

    @Test(
        "an unknown instance type is taken by its size",
        arguments: [("z9.4xlarge", 16.0), ("m7i.large", 2), ("c6gn.xlarge", 4), ("i4i.metal", 96), ("nonsense", 2)]
    )
    func unknownTypes(type: String, processors: Double) {
        #expect(InstanceClass(type).processors == processors)
        #expect(InstanceClass(type).network > 0 && InstanceClass(type).disk > 0)
    }
}

@Suite("The simulation writes what OMB writes")
struct FormatTests {
    @Test("the result has the very fields of a recorded one, and the console lines its format")
    func fields() async throws {
        let recordings = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .appending("OMBRunnerTests/Recordings/redis-rate-1k")
        let recorded = try #require(try LocalFile.read(recordings.appending("result.json")))
        let workload = """
            name: a
            topics: 1
            partitionsPerTopic: 1
            messageSize: 1024
            useRandomizedPayloads: true
            subscriptionsPerTopic: 1
            producersPerTopic: 1
            consumerPerSubscription: 1
            producerRate: 1000
            testDurationMinutes: 1
            warmupDurationMinutes: 0
            """
        let script = "exec '/opt/omb/bin/benchmark' -d '/w/driver.yaml' -o '/w/result.json' '/w/workload.yaml'"
        let command = try #require(BenchmarkCommand(in: script, workingDirectory: "/w"))
        let run = try SimulatedRun(
            of: command,
            workload: Array(workload.utf8),
            driver: Array(Cluster.simulated().driver.utf8),
            on: Cluster.simulated().hosts,
            start: TestClock().labClock.now()
        )
        let keys = { (json: [UInt8]) in try JSON.parse(json, file: "result.json").mapping?.entries.map(\.key).sorted() }
        #expect(try keys(try #require(run.result)) == keys(recorded))

        // The same line with each number taken out, and with it the padding before it.
        let shape = { (text: Substring) in text.dropFirst(12).replacing(/\ *-?[0-9]+\.[0-9]+/, with: "#") }
        let console = try #require(try LocalFile.read(recordings.appending("console.log")))
        let real = String(decoding: console, as: UTF8.self).split(separator: "\n")
        let simulated = run.lines.map(\.text).joined().split(separator: "\n")
        for mark in ["Pub rate", "Aggregated Pub Latency", "All consumers are ready", "Starting benchmark traffic"] {
            let expected = try #require(real.first { $0.contains(mark) })
            let actual = try #require(simulated.first { $0.contains(mark) })
            #expect(shape(actual) == shape(expected))
        }
    }

    @Test("a command line is found in a script whatever its quotes, and other scripts are not mistaken for it")
    func command() {
        let script = "export X=1\nexec /opt/omb/bin/benchmark -x -d \"d r.yaml\" --output /o\\ p/r.json 'w'\\''.yaml'\n"
        let command = BenchmarkCommand(in: script, workingDirectory: "/w")
        #expect(command?.driver == "/w/d r.yaml")
        #expect(command?.output == "/o p/r.json")
        #expect(command?.workload == "/w/w'.yaml")
        #expect(BenchmarkCommand(in: "systemctl is-active pulsar-broker", workingDirectory: "/") == nil)
        #expect(BenchmarkCommand(in: "bin/benchmark -d a.yaml", workingDirectory: "/") == nil)
    }
}
