import PluginAPI
import PluginTestKit
import SystemPackage

/// Clients whose workers do as they are told, or do not.
actor FakeClients: DetachedJobs {
    static let descriptor = PluginDescriptor(id: "fake", phase: .execute, summary: "Clients of tests")

    private(set) var started: [(job: Job, host: String)] = []
    private(set) var stopped: [String] = []
    private(set) var scripts: [(script: Script, hosts: [String])] = []
    private let log: [UInt8]
    /// Why a host is not ready, for so many times.
    private var failures: [String: Int]
    private static let piece = 24_000

    init(log: String = "", failures: [String: Int] = [:]) {
        self.log = Array(log.utf8)
        self.failures = failures
    }

    init(options: NoOptions, context: PluginContext) throws { throw UnfakedSeam("clients without a script") }

    func reachability(of hosts: [Host]) async throws -> [String: Reachability] { throw UnfakedSeam("reachability") }
    func upload(_ content: [UInt8], to path: String, on hosts: [Host]) async throws { throw UnfakedSeam("upload") }
    func download(_ path: String, from host: Host, to local: FilePath) async throws { throw UnfakedSeam("download") }

    func run(_ script: Script, on hosts: [Host]) async throws -> [ScriptOutcome] {
        scripts.append((script, hosts.map(\.name)))
        return hosts.map { host in
            guard let left = failures[host.name], left > 0 else {
                return ScriptOutcome(host: host.name, ending: .exited(0))
            }
            failures[host.name] = left - 1
            return ScriptOutcome(host: host.name, ending: .exited(1), output: "GET /counters-stats: no answer\n")
        }
    }

    func start(_ job: Job, on host: Host) async throws {
        if !started.contains(where: { $0.job.name == job.name && $0.host == host.name }) {
            started.append((job, host.name))
        }
    }

    func status(of job: String, on host: Host, logFrom offset: Int, files: [String], patience: Duration) async throws
        -> JobStatus
    {
        let piece = log.dropFirst(offset).prefix(Self.piece)
        return JobStatus(
            state: .exited(143),
            log: String(decoding: piece, as: UTF8.self),
            nextOffset: offset + piece.count,
            logSize: log.count
        )
    }

    func stop(_ job: String, on host: Host) async throws { stopped.append("\(job) on \(host.name)") }
}
