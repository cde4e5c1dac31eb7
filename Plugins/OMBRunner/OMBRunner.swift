import AWS
public import PluginAPI
import SystemPackage

/// Drives OpenMessaging Benchmark: one process for each cell, watched while it runs and judged when it ends.
///
/// OMB's exit code says nothing, its process often never ends, and a dead run can look perfect. So a cell counts as
/// measured when its result exists, can be read, belongs to the cell and is plausible; see ``OMBOptions`` for where
/// things are, and the cell's `run.json` for what OMB itself does not record.
public struct OMBRunner: BenchmarkRunner {
    /// Needs an executor whose jobs outlive the connection: a run takes minutes or hours.
    public static let descriptor = PluginDescriptor(
        id: "omb",
        phase: .benchmark,
        summary: "OpenMessaging Benchmark, one process for each cell",
        provides: [.hostSamples],
        requires: [.detachedJobs],
        aliases: ["openmessaging-benchmark"]
    )

    private let options: OMBOptions
    private let context: PluginContext

    /// Makes the runner.
    public init(options: OMBOptions, context: PluginContext) {
        self.options = options
        self.context = context
    }

    /// Measures one cell: on the cluster's first client, or, where there are several, on all of them, each with a worker
    /// that the first one steers.
    ///
    /// Calling it again after a crash goes on with the run that is under way. A run whose task is cancelled is left to
    /// its own time limit: whoever cancelled decides whether the host goes, too.
    public func run(_ request: RunRequest, through executor: any DetachedJobs) async throws -> CellOutcome {
        guard let client = request.cluster.hosts(of: "client").first else {
            throw LabError(
                .benchmark,
                "there is no host to run OMB on: the cluster has no client",
                hint: "give cluster.client a count of at least 1"
            )
        }
        let options = options.on(request.cluster)
        var workers = try WorkerPool(for: request.cell, on: request.cluster, options: options, executor, context)
        let outcome: CellOutcome
        do {
            outcome =
                request.cell.policy.isSingleProbe
                ? try await measure(request, on: client, executor, &workers)
                : try await probe(request, on: client, executor, &workers)
        } catch {
            // Whoever cancelled may follow the run again, which then needs its workers.
            try Task.checkCancellation()
            try? await workers?.stop(keepingLogsIn: request.directory, without: Secrets(in: request.driver))
            throw error
        }
        try await workers?.stop(keepingLogsIn: request.directory, without: Secrets(in: request.driver))
        return outcome
    }

    /// One run of OMB after the other, each as what came before it asks for.
    private func probe(
        _ request: RunRequest,
        on client: Host,
        _ executor: any DetachedJobs,
        _ workers: inout WorkerPool?
    ) async throws -> CellOutcome {
        let (cell, policy) = (request.cell, request.cell.policy)
        let store = ProbeStore(request.directory)
        let most = policy.bound(for: cell.workload).probes
        var probes: [ProbeOutcome] = []
        while let probe = policy.next(after: probes, workload: cell.workload) {
            if let known = try store.outcome(of: probe) {
                probes.append(known)
                continue
            }
            try await context.events.note("\(cell.name): probe \(probes.count + 1) of at most \(most), \(probe.name)")
            var own = request
            own.directory = try store.directory(of: probe)
            own.cell.name = "\(cell.name).\(probe.name)"
            own.cell.workload = probe.workload
            own.cell.policy = .fixed
            own.cell.type = probe.workload.producerRate == nil ? .maxRate : .fixedRate
            var outcome = try await measure(own, on: client, executor, &workers)
            // Once more: what fails twice is no accident.
            if outcome.verdict == .invalid { outcome = try await measure(own, on: client, executor, &workers) }
            let rate = probe.workload.producerRate
            let ended = ProbeOutcome(
                name: probe.name,
                rate: rate,
                verdict: outcome.verdict,
                causes: outcome.causes,
                failure: policy.failure(
                    of: outcome.verdict == .invalid ? nil : outcome.result,
                    at: rate,
                    reasons: outcome.reasons
                ),
                result: outcome.result,
                conditions: outcome.conditions
            )
            try store.save(ended)
            probes.append(ended)
        }
        return policy.outcome(of: probes)
    }

    /// One run of OMB.
    private func measure(
        _ request: RunRequest,
        on client: Host,
        _ executor: any DetachedJobs,
        _ workers: inout WorkerPool?
    ) async throws -> CellOutcome {
        let options = options.on(request.cluster)
        let workload = WorkloadFile(for: request.cell, home: options.home)
        guard workload.faults.isEmpty else {
            return CellOutcome(verdict: .invalid, causes: workload.faults.map { VerdictReason(.workloadRefused, $0) })
        }

        var manifest = try RunManifest.next(
            for: request,
            on: client,
            experiment: context.experiment,
            results: options.results,
            now: context.clock.now()
        )
        let secrets = Secrets(in: request.driver)
        try manifest.putAsideEarlier(in: request.directory)
        let inputs = ["workload.yaml": workload.yaml, "driver.yaml": secrets.masked(request.driver)]
        manifest.inputs = inputs.mapValues { SHA256.hash(Array($0.utf8)).hexadecimal }
        try manifest.save(in: request.directory)
        for (name, text) in inputs { try LocalFile.write(text.utf8, to: request.directory.appending(name)) }

        let addresses = workers?.addresses ?? []
        let benchmark = BenchmarkJob(manifest, cell: request.cell, options: options, workers: addresses)
        // A run that is under way is not to be stopped with what its workers do.
        if workers != nil, try await !isKnown(benchmark.job.name, on: client, executor) {
            let faults = try await workers?.makeReady(for: request.cell) ?? []
            guard faults.isEmpty else {
                return CellOutcome(verdict: .invalid, causes: faults.map { VerdictReason(.workersNotReady, $0) })
            }
        }
        let sampling = RunSampling(manifest, request, executor, context)
        async let sampled: Void = sampling.start()
        try await executor.upload(Array(workload.yaml.utf8), to: benchmark.workloadPath, on: [client])
        try await executor.upload(Array(request.driver.utf8), to: benchmark.driverPath, on: [client])
        await sampled
        try await executor.start(benchmark.job, on: client)

        var run = try FollowedRun(
            of: request,
            job: benchmark,
            on: client,
            through: executor,
            context: context,
            secrets: secrets
        )
        let ending = try await run.follow()
        let conditions = await sampling.collect(into: request.directory)
        manifest.endedAt = context.clock.now()
        manifest.logBytes = run.logBytes
        try manifest.save(in: request.directory)
        return outcome(of: ending, under: conditions, besides: run.doubts, for: request.cell)
    }

    private func isKnown(_ job: String, on host: Host, _ executor: any DetachedJobs) async throws -> Bool {
        try await executor.status(of: job, on: host, logFrom: 0, files: [], patience: .zero).state != .unknown
    }

    private func outcome(
        of ending: FollowedRun.Ending,
        under conditions: RunConditions?,
        besides doubts: [VerdictReason],
        for cell: Cell
    ) -> CellOutcome {
        switch ending {
        case .measured(let result): Judge(of: cell).outcome(of: result, under: conditions, besides: doubts)
        case .failed(let causes):
            CellOutcome(
                verdict: .invalid,
                causes: causes + doubts + (conditions.map { ConditionRules(cell: cell).doubts(about: $0) } ?? []),
                conditions: conditions
            )
        }
    }
}
