public import PluginAPI

/// What brokers, bookies and ZooKeeper say of themselves, asked on their own hosts: `prometheus`.
///
/// Each host asks itself with curl every few seconds and keeps what was chosen of the answers; nothing is installed, no port is
/// opened, and the network carries nothing until the cell is over.
public struct PrometheusMetrics: MetricsCollector {
    /// Needs nothing but an executor, and curl on the hosts.
    public static let descriptor = PluginDescriptor(
        id: "prometheus",
        phase: .metrics,
        summary: "what brokers, bookies and ZooKeeper say at /metrics"
    )

    private let options: PrometheusOptions
    private let context: PluginContext

    /// Makes the collector.
    public init(options: PrometheusOptions, context: PluginContext) {
        self.options = options
        self.context = context
    }

    /// Starts a loop on every host.
    public func begin(_ request: MetricsRequest, through executor: any Executor) async throws {
        let failures = try await run(request, executor) { $0.start }.compactMap { outcome in
            outcome.failure.map { "\(outcome.host): \($0)" }
        }
        if !failures.isEmpty { try await tell(failures, request) }
    }

    /// Ends the loops, and reads what they kept.
    public func end(_ request: MetricsRequest, through executor: any Executor) async throws -> CollectedMetrics {
        var collected = CollectedMetrics()
        var failures: [String] = []
        let seconds = Double(interval(of: request))
        for outcome in try await run(request, executor, { $0.collect }) {
            guard outcome.succeeded else {
                failures.append("\(outcome.host): \(outcome.failure ?? "")")
                continue
            }
            let series = Scrapes(outcome.output).series(of: outcome.host, interval: seconds)
            if series.isEmpty, !outcome.errors.isEmpty { failures.append("\(outcome.host): \(outcome.errors)") }
            collected.series += series
        }
        if !failures.isEmpty { try await tell(failures, request) }
        return collected
    }

    /// Runs a script on all hosts at once, the same for those of a component.
    private func run(
        _ request: MetricsRequest,
        _ executor: any Executor,
        _ script: (ScrapeScript) -> Script
    ) async throws -> [ScriptOutcome] {
        var seen: Set<String> = []
        let base = request.cluster.paths?.results ?? "/var/tmp"
        let targets = ["broker", "bookkeeper", "zookeeper"].compactMap { component -> (Script, [Host])? in
            guard let port = options.ports[component] else { return nil }
            // One of several hosts that are the same machine stands for all of them.
            let hosts = request.cluster.hosts(of: component)
                .filter { seen.insert("\(component) \($0.privateAddress)").inserted }
            let scraping = ScrapeScript(
                directory: "\(base)/labhost-metrics-\(context.experiment)-\(component)/\(request.key)",
                url: "http://localhost:\(port)/metrics",
                interval: interval(of: request),
                lifetime: request.cell.timeoutSeconds + 300,
                families: options.families
            )
            return hosts.isEmpty ? nil : (script(scraping), hosts)
        }
        return try await withThrowingTaskGroup(of: (Int, [ScriptOutcome]).self) { group in
            for (index, (script, hosts)) in targets.enumerated() {
                group.addTask { (index, try await executor.run(script, on: hosts)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    /// Longer in a long cell, so that its answers are not too many to carry.
    private func interval(of request: MetricsRequest) -> Int {
        let workload = request.cell.workload
        return max(options.interval, 60 * (workload.warmupMinutes + workload.testMinutes) / 120)
    }

    private func tell(_ failures: [String], _ request: MetricsRequest) async throws {
        let list = failures.prefix(5).joined(separator: "; ")
        try await context.events.note("\(request.cell.name): no metrics of some hosts: \(list)", .warning)
    }
}
