import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The workers of a cell: one on each client, where a cluster has several.
///
/// They are started for a cell, used again by all its probes, and stopped at its end: a JVM that is as fresh as any
/// other cell's is worth the seconds that it takes to start. Which of them run is known by their jobs' names, so that
/// a host that crashed finds its workers again and never starts a second one on the same port.
struct WorkerPool {
    private let hosts: [Host]
    private let options: OMBOptions
    private let executor: any DetachedJobs
    private let context: PluginContext
    private let lifetime: Duration
    private var generation: Generation

    /// How often a worker that does not answer is started anew.
    private static let restarts = 2

    /// The workers of a cell; nil where there are not two clients with addresses of their own, for OMB wants at least two.
    init?(
        for cell: Cell,
        on cluster: Cluster,
        options: OMBOptions,
        _ executor: any DetachedJobs,
        _ context: PluginContext
    )
        throws
    {
        var seen: Set<String> = []
        hosts = cluster.hosts(of: "client").filter { seen.insert($0.privateAddress).inserted }
        guard hosts.count >= 2 else { return nil }
        self.options = options
        self.executor = executor
        self.context = context
        // The runner stops them; this is for when nobody is there to do so.
        let most = cell.policy.bound(for: cell.workload).probes * 2
        lifetime = .seconds((cell.timeoutSeconds + 300) * most)
        generation = try Generation(in: context.directory)
    }

    /// What the coordinator is told.
    var addresses: [String] { hosts.map(WorkerScripts.address) }

    /// Starts the workers that do not run, and makes all of them ready for a run.
    ///
    /// - Returns: Why they cannot be used, a sentence for each; none when they can.
    /// - Throws: ``LabError`` when the executor failed.
    mutating func makeReady(for cell: Cell) async throws -> [String] {
        var waiting = hosts
        var faults: [String] = []
        for attempt in 0...Self.restarts {
            try await start(on: waiting)
            let names = waiting.map(\.name).joined(separator: ", ")
            try await context.events.progress("\(cell.name): waiting for the workers on \(names)")
            let outcomes = try await executor.run(WorkerScripts.prepare, on: waiting)
            let failed = zip(waiting, outcomes).filter { !$0.1.succeeded }
            if failed.isEmpty { return [] }
            waiting = failed.map(\.0)
            faults = failed.map { "the worker on \($0.0.name) is not ready: \(Self.cause(of: $0.1))" }
            // The last ones are left for their logs.
            guard attempt < Self.restarts else { break }
            for fault in faults {
                try await context.events.note("\(cell.name): \(fault); it is started anew", .warning)
            }
            try await retire(waiting)
        }
        return faults
    }

    /// Stops the workers, and keeps of their logs what is worth keeping.
    ///
    /// What fails is a note: the cell was measured, whatever became of the workers afterwards.
    mutating func stop(keepingLogsIn directory: FilePath, without secrets: Secrets) async throws {
        let jobs = hosts.map { (host: $0, job: job(on: $0)) }
        let (executor, events) = (executor, context.events)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (host, job) in jobs {
                group.addTask {
                    do {
                        try await executor.stop(job, on: host)
                        let log = directory.appending("worker-\(host.name).log")
                        try await WorkerLog(job: job, host: host).keep(at: log, through: executor, without: secrets)
                    } catch let error as LabError where error.code != .interrupted {
                        try await events.note("the worker on \(host.name): \(error.message)", .warning)
                    }
                }
            }
            try await group.waitForAll()
        }
        try generation.advance(hosts.map(\.instanceID))
    }

    private func start(on hosts: [Host]) async throws {
        let script = WorkerScripts(home: options.home, heap: options.heap).start
        let jobs = hosts.map { host in
            let directory = "\(options.results)/\(context.experiment)/workers/\(generation[host.instanceID])"
            return (host, Job(name: job(on: host), script: script, workingDirectory: directory, timeout: lifetime))
        }
        let executor = executor
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (host, job) in jobs { group.addTask { try await executor.start(job, on: host) } }
            try await group.waitForAll()
        }
    }

    /// Stops workers for good: the next start is of others.
    private mutating func retire(_ hosts: [Host]) async throws {
        for host in hosts { try await executor.stop(job(on: host), on: host) }
        try generation.advance(hosts.map(\.instanceID))
    }

    private func job(on host: Host) -> String { "\(context.experiment)-worker-\(generation[host.instanceID])" }

    private static func cause(of outcome: ScriptOutcome) -> String {
        let last = outcome.output.split(separator: "\n").last.map(String.init)
        return last ?? outcome.failure ?? "it says nothing"
    }
}

/// Which worker of each client is the present one, counted from 1, on this machine's disk.
private struct Generation {
    private let path: FilePath
    private var numbers: [String: Int]

    init(in directory: FilePath) throws {
        path = directory.appending("workers.json")
        guard let content = try LocalFile.read(path) else {
            numbers = [:]
            return
        }
        do { numbers = try JSONDecoder().decode([String: Int].self, from: Data(content)) } catch {
            throw LabError(.benchmark, "cannot read \(path)", cause: String(describing: error))
        }
    }

    subscript(host: String) -> Int { numbers[host] ?? 1 }

    mutating func advance(_ hosts: [String]) throws {
        for host in hosts { numbers[host] = self[host] + 1 }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        try LocalFile.write(encoder.encode(numbers), to: path)
    }
}
