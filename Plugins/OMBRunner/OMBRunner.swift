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

    /// Measures one cell on the cluster's first client.
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
        let workload = WorkloadFile(for: request.cell, home: options.home)
        guard workload.faults.isEmpty else { return CellOutcome(verdict: .invalid, reasons: workload.faults) }

        var manifest = try RunManifest.next(
            for: request,
            on: client,
            experiment: context.experiment,
            results: options.results,
            now: context.clock.now()
        )
        let secrets = Secrets(in: request.driver)
        try manifest.save(in: request.directory)
        try LocalFile.write(workload.yaml.utf8, to: request.directory.appending("workload.yaml"))
        try LocalFile.write(secrets.masked(request.driver).utf8, to: request.directory.appending("driver.yaml"))

        let benchmark = BenchmarkJob(manifest, cell: request.cell, options: options)
        try await executor.upload(Array(workload.yaml.utf8), to: benchmark.workloadPath, on: [client])
        try await executor.upload(Array(request.driver.utf8), to: benchmark.driverPath, on: [client])
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
        manifest.endedAt = context.clock.now()
        try manifest.save(in: request.directory)
        return outcome(of: ending, for: request.cell)
    }

    private func outcome(of ending: FollowedRun.Ending, for cell: Cell) -> CellOutcome {
        switch ending {
        case .measured(let result):
            guard let result = result.benchmarkResult else {
                return CellOutcome(verdict: .invalid, reasons: ["OMB's result holds no period: nothing was measured"])
            }
            return Judge(of: cell).outcome(of: result)
        case .failed(let reasons): return CellOutcome(verdict: .invalid, reasons: reasons)
        }
    }
}
