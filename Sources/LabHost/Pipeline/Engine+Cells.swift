import Document
import PluginAPI
import SystemPackage

/// What happens around a cell: before it, nothing of earlier ones is left; after it, its hosts are still there.
extension Engine {
    /// How long the system may take to be at rest.
    private static let patience = Duration.seconds(120)

    /// The driver for a cell: the cluster's, with keys of the cell's own, and the plan's over both.
    func driver(for cell: Cell, on cluster: Cluster) throws -> String {
        var driver = cluster.driver
        if let keys = system.driverKeys(of: cell.name, in: experiment.id) {
            driver = try DriverChoice.keys(keys).applied(to: driver)
        }
        return try experiment.driver?.applied(to: driver) ?? driver
    }

    /// Takes away what earlier cells of a group left on its cluster, and waits until it is at rest.
    ///
    /// Nothing is taken away under a cell that is under way: an earlier process of ours began it, and it runs on.
    ///
    /// - Returns: What casts doubt on the next cell; nothing when the cluster is as it was before the first.
    func clean(_ cluster: Cluster, of group: Schedule.Group, before cell: Cell) async throws -> [VerdictReason] {
        let cells = await journal.snapshot.cells
        if let known = cells[cell.name], known.endedAt == nil { return [] }
        guard group.entries.contains(where: { cells[$0.cell.name] != nil }),
            let cleaning = system.cleaning(after: experiment.id, on: cluster)
        else { return [] }
        try await progress("cleaning up before \(cell.name)")
        let script = Script(
            cleaning.script,
            environment: ["LABHOST_WAIT": String(Self.patience.components.seconds)],
            timeout: Self.patience * 2,
            comment: "clean up before \(cell.name)"
        )
        var faults: [String] = []
        do {
            for outcome in try await plugins.executor.run(script, on: cleaning.hosts) where !outcome.succeeded {
                let said = outcome.output.split(separator: "\n").map { "\(outcome.host): \($0)" }
                faults += said.isEmpty ? ["\(outcome.host): \(outcome.failure ?? "it failed")"] : said
            }
        } catch {
            try Task.checkCancellation()
            faults = [LabError(error, while: "cleaning up").description]
        }
        return faults.map { VerdictReason(.notClean, "the cluster was not as before the first cell: \($0)") }
    }

    /// Asks the hosts of a configured cluster what they are made of, once; its cells refer to the file.
    func describe(_ cluster: Cluster, configuration: Int) async throws {
        let state = await journal.snapshot
        guard state.facts == nil, let script = system.facts(of: cluster) else { return }
        try await progress("asking \(cluster.hosts.count) hosts what they are made of")
        let facts: ClusterFacts
        do {
            let outcomes = try await plugins.executor.run(script, on: cluster.hosts)
            facts = ClusterFacts(
                hosts: zip(cluster.hosts, outcomes).filter(\.1.succeeded).map { HostFacts(of: $0, report: $1.output) }
            )
        } catch {
            try Task.checkCancellation()
            let text = "what the hosts are made of is not known: \(LabError(error, while: "asking").description)"
            return try await journal.record(.note(phase: Step.benchmark.rawValue, level: .warning, text: text))
        }
        let file = directory.newFacts(cluster: state.group ?? 0, configuration: configuration)
        try LocalFile.write(JSONCoding.encode(facts), to: directory.path.appending(file))
        try await journal.record(.described(file: file))
    }

    /// Which hosts are gone after a cell that may have suffered from it.
    ///
    /// Only spot instances are taken away under a benchmark that still ends well, so only they are asked about then.
    func losses(after outcome: CellOutcome, on cluster: Cluster) async throws -> [(host: Host, reason: String)] {
        guard outcome.verdict == .invalid || cluster.hosts.contains(where: \.isSpot) else { return [] }
        do {
            let states = try await plugins.provisioner.states(of: cluster.hosts)
            return cluster.hosts.compactMap { host in
                guard case .gone(let reason) = states[host.name] else { return nil }
                return (host, reason)
            }
        } catch {
            try Task.checkCancellation()
            let text = "whether all hosts are still there is not known: \(LabError(error, while: "asking").description)"
            try await journal.record(.note(phase: Step.benchmark.rawValue, level: .warning, text: text))
            return []
        }
    }

    /// Says how much a group's cluster changed between its canary's first cell and its last.
    func tellDrift(of group: Schedule.Group) async throws {
        for entry in group.entries {
            guard let first = entry.cell.canaryOf, let before = try outcome(of: first),
                let after = try outcome(of: entry.cell.name)
            else { continue }
            let drift = Drift(cell: first, before.result, canary: entry.cell.name, after.result)
            func text(_ percent: Double?) -> String {
                percent.map { ($0 < 0 ? "" : "+") + Figures.decimal($0, places: 1) + " %" } ?? "unknown"
            }
            let line =
                "drift from \(first) to \(entry.cell.name): publish rate \(text(drift.publishRatePercent)), p99 "
                + text(drift.publishP99Percent)
            try await journal.record(.note(phase: Step.benchmark.rawValue, level: .info, text: line))
        }
    }

    private func outcome(of cell: String) throws -> CellOutcome? {
        let path = directory.outcome(of: cell)
        guard Files.exists(path) else { return nil }
        return try JSONCoding.decode(CellOutcome.self, from: Files.read(path))
    }

    private func progress(_ label: String) async throws {
        try await journal.record(.progress(phase: Step.benchmark.rawValue, progress: Progress(label)))
    }
}

extension CellOutcome {
    /// The outcome with more that casts doubt on it.
    func doubted(for reasons: [VerdictReason]) -> CellOutcome {
        guard !reasons.isEmpty else { return self }
        var outcome = self
        outcome.causes += reasons
        if outcome.verdict == .valid { outcome.verdict = .suspect }
        return outcome
    }

    /// The outcome of a cell whose hosts went away: what was measured is of a cluster that was not whole.
    func voided(by losses: [(host: Host, reason: String)]) -> CellOutcome {
        guard !losses.isEmpty else { return self }
        var outcome = self
        outcome.verdict = .invalid
        outcome.causes =
            losses.map { host, reason in
                let what = host.isSpot ? "spot interruption" : "a host is gone"
                return VerdictReason(
                    host.isSpot ? .spotInterruption : .hostGone,
                    "\(what): \(host.name) (\(host.instanceID)) is \(reason)"
                )
            } + outcome.causes
        return outcome
    }
}

extension LabError {
    /// That a cluster cannot be measured on any more.
    init(losses: [(host: Host, reason: String)], experiment: ExperimentID) {
        let names = losses.map { "\($0.host.name) (\($0.host.instanceID))" }.joined(separator: ", ")
        self.init(
            .benchmark,
            "the cluster lost \(names)",
            cause: losses.map(\.reason).joined(separator: "\n"),
            hint: "labhost resume \(experiment) builds it anew and measures what is left"
        )
    }
}
