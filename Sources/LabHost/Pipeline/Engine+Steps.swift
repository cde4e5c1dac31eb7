import PluginAPI
import SystemPackage

extension Engine {
    func chooseImage() async throws -> String {
        if let image = await journal.snapshot.image { return "\(image.name) (\(image.id))" }
        let image = try await plugins.image.image(for: experiment.imageRequest)
        try await journal.record(.image(image: image))
        return "\(image.name) (\(image.id))"
    }

    func provision(_ group: Schedule.Group) async throws -> String {
        let state = await journal.snapshot
        guard state.hosts.isEmpty else { return "\(state.hosts.count) hosts, as before" }
        guard let image = state.image else { throw LabError(.provisioning, "there is no image to boot from") }
        let configuration = group.firstConfiguration
        let spec = group.configurations[configuration]
        let request = try ProvisionRequest(
            spec,
            hosts: system.hosts(for: spec, lifetime: experiment.lifetime),
            image: image,
            expiry: experiment.expiry
        )
        try await checkBudget(for: group, request)
        let preview = try await plugins.provisioner.preview(request)
        try await journal.record(.previewed(counts: preview.counts))
        // Once is enough: who agreed to the first cluster has seen in the plan that more will follow, one at a time.
        if state.resources.isEmpty, try await !confirm(preview) {
            throw LabError(.preflight, "nothing was created, as you said", hint: "--yes to go on without being asked")
        }
        try await foretellPrices(request, preview)
        let hosts = try await plugins.provisioner.provision(request)
        try await journal.record(.hosts(hosts: hosts))
        try await journal.record(.configured(configuration: configuration))
        try await priceResources(asking: true, anew: true)
        return "\(await journal.snapshot.alive.count) resources, \(hosts.count) hosts"
    }

    func waitUntilReady(_ group: Schedule.Group) async throws -> String {
        let state = await journal.snapshot
        guard !state.hosts.isEmpty else {
            throw LabError(
                .notReady,
                "\(experiment.id) has no hosts",
                hint: "labhost setup PLAN, or labhost run PLAN"
            )
        }
        try await makeReady(group.configurations[state.configuration ?? group.firstConfiguration], on: state.hosts)
        return "\(state.hosts.count) hosts"
    }

    private func makeReady(_ spec: ClusterSpec, on hosts: [Host]) async throws {
        let cluster = try plugins.provisioner.cluster(on: hosts) ?? system.cluster(for: spec, on: hosts)
        try await Readiness(
            provisioner: plugins.provisioner,
            executor: plugins.executor,
            events: PluginEvents(journal: journal, phase: Step.ready.rawValue),
            clock: clock
        ).wait(for: cluster)
        try await journal.record(.ready(cluster: cluster))
    }

    /// Gives the cluster other settings, stage after stage, and waits until it is ready with them.
    ///
    /// What it had before is unknown after a crash in the middle: then everything is written anew.
    private func configure(_ group: Schedule.Group, _ configuration: Int) async throws {
        let state = await journal.snapshot
        guard try plugins.provisioner.cluster(on: state.hosts) == nil else {
            throw LabError(
                .notReady,
                "the \(experiment.provisioner.id) provisioner's cluster cannot be given other settings while it runs",
                hint: "one plan for each value, without a matrix over pulsar.* or memory"
            )
        }
        let spec = group.configurations[configuration]
        let old = state.configuration.map { group.configurations[$0] }
        try await journal.record(.configuring(configuration: configuration))
        let stages = try system.reconfiguration(from: old, to: spec, on: state.hosts)
        for (index, stage) in stages.enumerated() {
            try await journal.record(
                .progress(
                    phase: Step.benchmark.rawValue,
                    progress: Progress(stage.name, completed: Double(index), of: Double(stages.count))
                )
            )
            for outcome in try await plugins.executor.run(stage.script, on: stage.hosts) where !outcome.succeeded {
                throw LabError(
                    .notReady,
                    "\(outcome.host) could not be reconfigured: \(stage.name)",
                    cause: outcome.failure,
                    hint: "run again with --keep on-failure and look at the host"
                )
            }
        }
        try await makeReady(spec, on: state.hosts)
        try await journal.record(.configured(configuration: configuration))
    }

    func benchmark(_ group: Schedule.Group, at offset: Int) async throws -> String {
        guard await journal.snapshot.cluster != nil else {
            throw LabError(.notReady, "\(experiment.id) has no ready cluster")
        }
        let total = schedule.cells.count
        var pace = InterimPace()
        for (index, entry) in group.entries.enumerated() {
            let cell = entry.cell
            guard await !journal.snapshot.hasResult(for: cell.name) else { continue }
            if await journal.snapshot.configuration != entry.configuration, group.configurations.count > 1 {
                try await configure(group, entry.configuration)
            }
            try await checkBudget(for: cell.expectedDuration, "measuring \(cell.name)")
            guard let cluster = await journal.snapshot.cluster else {
                throw LabError(.notReady, "\(experiment.id) has lost its cluster before \(cell.name)")
            }
            try await describe(cluster, configuration: entry.configuration)
            let doubts = try await clean(cluster, of: group, before: cell)
            let request = try metricsRequest(for: cell, on: cluster, await journal.snapshot.alive)
            try await journal.record(.cellStarted(cell: cell.name, index: offset + index + 1, of: total))
            let measured = try await collecting(request) { try await settle(cell, on: cluster) }.doubted(for: doubts)
            let losses = try await self.losses(after: measured, on: cluster)
            let outcome = measured.voided(by: losses)
            try LocalFile.write(JSONCoding.encode(outcome), to: directory.outcome(of: cell.name))
            try await journal.record(
                .cellEnded(cell: cell.name, verdict: outcome.verdict, reasons: outcome.reasons)
            )
            await remember(entry, of: group, outcome)
            guard losses.isEmpty else { throw LabError(losses: losses, experiment: experiment.id) }
            try await writeInterimReport(&pace)
            if outcome.verdict == .invalid, schedule.onCellFailure == .stop { throw stop(after: cell, outcome) }
        }
        try await tellDrift(of: group)
        let state = await journal.snapshot
        let verdicts = group.entries.compactMap { state.cells[$0.cell.name]?.verdict }
        return [Verdict.valid, .suspect, .invalid].compactMap { verdict in
            let count = verdicts.count { $0 == verdict }
            return count > 0 ? "\(count) \(verdict.rawValue)" : nil
        }.joined(separator: ", ")
    }

    /// Measures a cell, and again as often as the plan says while there is no valid result.
    private func settle(_ cell: Cell, on cluster: Cluster) async throws -> CellOutcome {
        var outcome = try await measure(cell, on: cluster)
        for attempt in stride(from: 2, through: schedule.attempts, by: 1) {
            // What was refused unmeasured would be refused again.
            guard outcome.verdict == .invalid, !outcome.causes.contains(where: { $0.code == .workloadRefused }) else {
                break
            }
            // A cluster that lost hosts gives no better one.
            guard try await self.losses(after: outcome, on: cluster).isEmpty else { break }
            let why = outcome.reasons.first.map { ": \($0)" } ?? ""
            let text = "\(cell.name) has no valid result\(why); attempt \(attempt) of \(schedule.attempts)"
            try await journal.record(.note(phase: Step.benchmark.rawValue, level: .warning, text: text))
            outcome = try await measure(cell, on: cluster)
        }
        return outcome
    }

    private func stop(after cell: Cell, _ outcome: CellOutcome) -> LabError {
        LabError(
            .stopped,
            "\(cell.name) has no valid result, and on_cell_failure is stop: nothing more was measured",
            cause: outcome.reasons.joined(separator: "\n"),
            hint: "labhost resume \(experiment.id) measures what is left"
        )
    }

    /// Measures a cell; what the benchmark did wrong is an outcome, and so is a host that could not be reached.
    private func measure(_ cell: Cell, on cluster: Cluster) async throws -> CellOutcome {
        let path = directory.cell(cell.name)
        try LocalFile.makeDirectory(path)
        do {
            let driver = try self.driver(for: cell, on: cluster)
            let request = RunRequest(cell: cell, cluster: cluster, driver: driver, directory: path)
            return try await plugins.runner.run(request, through: plugins.executor)
        } catch {
            try Task.checkCancellation()
            let error = LabError(error, code: .benchmark, while: "measuring \(cell.name)")
            guard error.code != .interrupted else { throw error }
            return CellOutcome(verdict: .invalid, causes: [VerdictReason(.unreachable, error.sentence)])
        }
    }

    func tearDown() async throws -> String {
        // What cannot be written down must not keep anything from being deleted.
        try? await priceResources(asking: false)
        var outcome = try await plugins.provisioner.teardown(await journal.snapshot.alive)
        outcome.remaining = await priced(outcome.remaining)
        let after = await journal.snapshot
        let left = Set(outcome.remaining.map { "\($0.kind) \($0.id)" })
        // What was asked for by tag and did not turn up is gone, whoever deleted it.
        let gone = after.alive.filter { outcome.isVerified && !left.contains("\($0.kind) \($0.id)") }
        let created = after.resources.count
        let alive = after.alive.count - gone.count
        let receipt = Receipt(
            created: created,
            verifiedAbsent: created - alive,
            remaining: outcome.remaining,
            isVerified: outcome.isVerified,
            errors: outcome.errors
        )
        // That something is left weighs more than that it could not be written down.
        var unrecorded: (any Error)?
        do {
            for resource in gone { try await journal.record(.deleted(kind: resource.kind, id: resource.id)) }
            try await journal.record(.receipt(receipt: receipt))
        } catch {
            unrecorded = error
        }
        guard receipt.isClean else {
            let list = outcome.remaining.map { "\($0.kind) \($0.id): \($0.reason)" }
            let unverified = outcome.errors.first?.description ?? "nobody could say what is left"
            throw LabError(
                .leftBehind,
                outcome.remaining.isEmpty
                    ? "it could not be verified that nothing is left behind"
                    : "\(SchedulePreview.counted(outcome.remaining.count, "resource")) left behind",
                cause: list.isEmpty ? unverified : list.joined(separator: "\n"),
                hint: "labhost teardown \(experiment.id)"
            )
        }
        // Last, when no host can add to it any more.
        try await plugins.executor.cleanUp()
        if let unrecorded { throw unrecorded }
        return "created \(created), verified absent \(created - alive)"
    }
}

extension ExperimentState {
    /// Whether a cell was measured; a cell that failed is measured again by `bench` and `resume`.
    func hasResult(for cell: String) -> Bool {
        guard let verdict = cells[cell]?.verdict else { return false }
        return verdict != .invalid
    }
}
