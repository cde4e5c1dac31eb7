import HostSampling
import PluginAPI
import SystemPackage

/// What the hosts do while one run is under way.
///
/// Nothing of it may cost a run: what cannot be sampled is not known, and said so in the log.
struct RunSampling {
    private let sampler: Sampler
    private let hosts: [Host]
    private let cell: Cell
    private let executor: any Executor
    private let context: PluginContext

    /// Prepares to sample a cluster's hosts in the directory of a run.
    ///
    /// One of several hosts that are the same machine stands for all of them.
    init(_ manifest: RunManifest, _ request: RunRequest, _ executor: any Executor, _ context: PluginContext) {
        cell = request.cell
        let minutes = cell.workload.warmupMinutes + cell.workload.testMinutes
        sampler = Sampler(
            directory: "\(manifest.workingDirectory)/samples",
            expected: .seconds(60 * minutes),
            lifetime: .seconds(cell.timeoutSeconds + 300)
        )
        let clients = request.cluster.hosts(of: "client")
        var seen: Set<String> = []
        hosts = (clients + request.cluster.hosts.filter { $0.component != "client" })
            .filter { seen.insert($0.privateAddress).inserted }
        self.executor = executor
        self.context = context
    }

    /// Begins; nothing happens where it began before.
    func start() async {
        do {
            let outcomes = try await executor.run(sampler.start, on: hosts)
            await tell(outcomes.filter { !$0.succeeded })
        } catch { await tell(error) }
    }

    /// Ends, and keeps the samples as `host-samples.tsv` in a directory.
    ///
    /// - Returns: What they say of the run; nil when nothing is known.
    func collect(into directory: FilePath) async -> RunConditions? {
        do {
            let outcomes = try await executor.run(sampler.collect, on: hosts)
            await tell(outcomes.filter { !$0.succeeded })
            let texts = Dictionary(
                outcomes.filter(\.succeeded).map { ($0.host, $0.output) },
                uniquingKeysWith: { first, _ in first }
            )
            try HostSamples.keep(hosts.map { ($0.name, texts[$0.name] ?? "") }, in: directory)
            return RunConditions(texts.mapValues(HostSamples.init), of: hosts)
        } catch {
            await tell(error)
            return nil
        }
    }

    private func tell(_ failed: [ScriptOutcome]) async {
        guard !failed.isEmpty else { return }
        let list = failed.map { "\($0.host): \($0.failure ?? "")" }.joined(separator: "; ")
        try? await context.events.note("\(cell.name): the load of hosts is not known: \(list)", .debug)
    }

    private func tell(_ error: any Error) async {
        let message = LabError(error, while: "sampling").description
        try? await context.events.note("\(cell.name): the load of hosts is not known: \(message)", .debug)
    }
}
