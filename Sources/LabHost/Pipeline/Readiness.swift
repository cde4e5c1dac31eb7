import PluginAPI

/// Waits until a cluster can be used: three questions, asked of three parties, all hosts at once.
///
/// The provisioner says whether the hosts run, the executor whether they take commands, and the cluster's own health
/// check whether the services and their endpoints answer.
struct Readiness {
    let provisioner: any Provisioner
    let executor: any Executor
    let events: any EventSink
    let clock: LabClock
    /// How long each question may take to be answered with yes.
    var timeout: Duration = .seconds(15 * 60)
    /// How long one call waits on the hosts for the services to come up.
    var patience: Duration = .seconds(20)

    private static let backoff = Backoff(first: .milliseconds(250), limit: .seconds(8))

    func wait(for cluster: Cluster) async throws {
        try await waitUntilRunning(cluster.hosts)
        try await waitUntilReachable(cluster.hosts)
        try await waitUntilHealthy(cluster)
    }

    private func waitUntilRunning(_ hosts: [Host]) async throws {
        try await poll("running", hosts) {
            let states = try await provisioner.states(of: hosts)
            return try hosts.compactMap { host in
                switch states[host.name] ?? .pending {
                case .running: nil
                case .pending: Cause(host: host, stage: "running", detail: "the instance is not running yet")
                case .gone(let reason):
                    throw LabError(
                        .notReady,
                        "\(host.name) (\(host.instanceID)) is gone",
                        cause: reason,
                        hint: host.isSpot ? "set aws.spot to false, or try another availability zone" : nil
                    )
                }
            }
        }
    }

    private func waitUntilReachable(_ hosts: [Host]) async throws {
        try await poll("online", hosts) {
            let reachability = try await executor.reachability(of: hosts)
            return hosts.compactMap { host in
                switch reachability[host.name] ?? .offline("the executor does not know it") {
                case .online: nil
                case .offline(let reason): Cause(host: host, stage: "online", detail: reason)
                }
            }
        }
    }

    private func waitUntilHealthy(_ cluster: Cluster) async throws {
        var healthy: Set<String> = []
        try await poll("healthy", cluster.hosts) {
            let waiting = cluster.hosts.filter { !healthy.contains($0.name) }
            let script = Script(
                cluster.health.script,
                environment: ["LABHOST_WAIT": String(patience.components.seconds)],
                timeout: patience + .seconds(60),
                comment: "labhost: health",
                isRepeatable: true
            )
            let outcomes = try await executor.run(script, on: waiting)
            healthy.formUnion(outcomes.filter(\.succeeded).map(\.host))
            return zip(waiting, outcomes).compactMap { host, outcome in
                outcome.succeeded ? nil : Cause(host: host, outcome: outcome, stages: cluster.health.stages)
            }
        }
    }

    /// Asks again and again, at growing intervals, until nobody is left; on timeout the first cause is thrown.
    private func poll(_ question: String, _ hosts: [Host], _ ask: () async throws -> [Cause]) async throws {
        let deadline = clock.uptime() + timeout
        var attempt = 0
        while true {
            let causes = try await ask()
            let done = hosts.count - causes.count
            try await events.progress(
                "\(done) of \(hosts.count) hosts \(question)",
                completed: Double(done),
                of: Double(hosts.count)
            )
            guard let first = causes.min(by: { $0.order < $1.order }) else { return }
            guard clock.uptime() < deadline else { throw first.error(others: causes.count - 1, after: timeout) }
            try await clock.sleep(Self.backoff.wait(attempt: attempt, random: clock.random()))
            attempt += 1
        }
    }
}

/// Why a host is not ready.
private struct Cause {
    let host: Host
    let stage: String
    let detail: String
    var order = 0

    init(host: Host, stage: String, detail: String) {
        self.host = host
        self.stage = stage
        self.detail = detail
    }

    /// Reads a health check's report: the earliest stage that failed is the cause, and what follows it its journal.
    init(host: Host, outcome: ScriptOutcome, stages: [String]) {
        self.host = host
        switch outcome.ending {
        case .timedOut:
            stage = "health"
            detail = "the health check did not end in time"
        case .undelivered(let reason):
            stage = "health"
            detail = reason
        case .exited:
            let lines = outcome.output.split(separator: "\n")
            let failed = lines.indices.filter { line in
                let fields = lines[line].split(separator: "\t", omittingEmptySubsequences: false)
                return fields.count >= 3 && !fields[0].isEmpty && fields[2] == "failed"
            }
            guard let first = failed.first else {
                stage = "health"
                detail = "the health check failed and said nothing of it\n\(outcome.output)\(outcome.errors)"
                return
            }
            let fields = lines[first].split(separator: "\t", omittingEmptySubsequences: false)
            let journal = lines[(first + 1)...].prefix { $0.hasPrefix("\t") }
            stage = String(fields[0])
            detail = ([fields.dropFirst().joined(separator: " ")] + journal.map { String($0.dropFirst()) })
                .joined(separator: "\n")
            order = stages.firstIndex(of: stage) ?? stages.count
        }
    }

    func error(others: Int, after timeout: Duration) -> LabError {
        LabError(
            .notReady,
            "\(host.name) (\(host.instanceID)) did not get past \(stage) within \(Durations.short(timeout))"
                + (others > 0 ? "; nor did \(others) other hosts" : ""),
            cause: detail,
            hint: "run again with --keep on-failure and look at the host"
        )
    }
}
