import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import OMBRunner

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Several clients share the load")
struct WorkerTests {
    private let events = EventRecorder()
    private let cell = Cell.recorded("fixed", rate: 100_000)

    private func cluster(_ addresses: [String]) -> Cluster {
        var cluster = Cluster.oneClient()
        cluster.hosts = addresses.enumerated().map { index, address in
            Host(
                name: "client-\(index + 1)",
                component: "client",
                instanceID: "i-\(index + 1)",
                privateAddress: address,
                instanceType: "m6i.large"
            )
        }
        return cluster
    }

    private func pool(_ executor: FakeClients, in directory: TemporaryDirectory, clients: Int = 2) throws -> WorkerPool?
    {
        try WorkerPool(
            for: cell,
            on: cluster((1...clients).map { "10.0.1.\($0)" }),
            options: OMBOptions(),
            executor,
            .fake(directory: directory.path, events: events)
        )
    }

    @Test func `one client needs no worker, and neither do two names for one machine`() throws {
        let context = PluginContext.fake(directory: try TemporaryDirectory().path)
        for addresses in [["10.0.1.1"], ["127.0.0.1", "127.0.0.1"]] {
            let pool = try WorkerPool(for: cell, on: cluster(addresses), options: OMBOptions(), FakeClients(), context)
            #expect(pool == nil)
        }
    }

    @Test func `workers run on private addresses, and are asked with one call`() async throws {
        let executor = FakeClients()
        var pool = try #require(try pool(executor, in: try TemporaryDirectory(), clients: 3))
        #expect(pool.addresses == ["http://10.0.1.1:8080", "http://10.0.1.2:8080", "http://10.0.1.3:8080"])
        #expect(try await pool.makeReady(for: cell) == [])
        let started = await executor.started
        #expect(Set(started.map(\.host)) == ["client-1", "client-2", "client-3"])
        #expect(started.allSatisfy { $0.job.script.contains("benchmark-worker' -p 8080 -sp 8081") })
        #expect(await executor.scripts.map(\.hosts) == [["client-1", "client-2", "client-3"]])
        // The next probe finds them as they are.
        #expect(try await pool.makeReady(for: cell) == [])
        #expect(await executor.started.count == 3)
    }

    @Test func `a worker that is stuck is started anew under another name, and the others are left alone`() async throws
    {
        let executor = FakeClients(failures: ["client-2": 1])
        let directory = try TemporaryDirectory()
        var pool = try #require(try pool(executor, in: directory))
        #expect(try await pool.makeReady(for: cell) == [])
        #expect(await executor.stopped == ["exp-20260101-000000-test-worker-1 on client-2"])
        #expect(
            await executor.started.map { "\($0.job.name.suffix(1)) on \($0.host)" }.sorted() == [
                "1 on client-1", "1 on client-2", "2 on client-2",
            ]
        )
        #expect(try directory.text("workers.json") == #"{"i-2":2}"#)
        #expect(await events.notes.first?.contains("GET /counters-stats: no answer; it is started anew") == true)
    }

    @Test func `a worker that never answers fails the cell, with what it said`() async throws {
        let executor = FakeClients(failures: ["client-2": 100])
        let directory = try TemporaryDirectory()
        var pool = try #require(try pool(executor, in: directory))
        #expect(
            try await pool.makeReady(for: cell) == [
                "the worker on client-2 is not ready: GET /counters-stats: no answer"
            ]
        )
        #expect(await executor.started.count == 4)
        #expect(try directory.text("workers.json") == #"{"i-2":3}"#)
    }

    @Test func `a host that crashed finds its workers again, and stopped ones are not taken for them`() async throws {
        let directory = try TemporaryDirectory()
        let executor = FakeClients()
        var first = try #require(try pool(executor, in: directory))
        _ = try await first.makeReady(for: cell)
        var second = try #require(try pool(executor, in: directory))
        _ = try await second.makeReady(for: cell)
        #expect(await executor.started.count == 2)
        try await second.stop(keepingLogsIn: directory.path, without: Secrets(in: ""))
        #expect(await executor.stopped.count == 2)
        var third = try #require(try pool(executor, in: directory))
        _ = try await third.makeReady(for: cell)
        #expect(await executor.started.count == 4)
    }

    @Test func `a worker's log is kept with its head and its tail, and without secrets`() async throws {
        let directory = try TemporaryDirectory()
        let secret = "token:abc.def.ghi"
        let lines = (0..<60_000).map { "line \($0) of a log that is long: \(secret)\n" }
        var pool = try #require(try pool(FakeClients(log: lines.joined()), in: directory))
        try await pool.stop(keepingLogsIn: directory.path, without: Secrets(in: "data: \(secret)\n"))
        for client in ["client-1", "client-2"] {
            let text = try directory.text("worker-\(client).log")
            #expect(text.hasPrefix("line 0 of"))
            #expect(text.hasSuffix("line 59999 of a log that is long: ********\n"))
            #expect(!text.contains("abc.def"))
            #expect(text.contains("bytes were left out here"))
            #expect(text.utf8.count < 1_200_000)
        }
    }

    @Test func `the coordinator is told of the workers, and takes less memory than they do`() throws {
        var cell = cell
        cell.workload.extraConsumers = true
        let manifest = try RunManifest.next(
            for: RunRequest(cell: cell, cluster: .oneClient(), driver: "", directory: try TemporaryDirectory().path),
            on: Cluster.oneClient().hosts[0],
            experiment: PluginContext.fake().experiment,
            results: "/r",
            now: Date(timeIntervalSince1970: 0)
        )
        var options = OMBOptions()
        options.heap = "8G"
        let workers = ["http://10.0.1.1:8080", "http://10.0.1.2:8080"]
        let script = BenchmarkJob(manifest, cell: cell, options: options, workers: workers).job.script
        #expect(script.contains(" -w 'http://10.0.1.1:8080,http://10.0.1.2:8080' -x '"))
        #expect(!script.contains("8G"))
        #expect(WorkerScripts(home: "/opt/omb", heap: "8G").start.contains("-Xmx8G"))
        let alone = BenchmarkJob(manifest, cell: cell, options: options).job.script
        #expect(!alone.contains(" -w ") && !alone.contains(" -x ") && alone.contains("-Xmx8G"))
    }
}
