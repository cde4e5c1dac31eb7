package import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Puts together what reporters are told, from the journal's state and the cells' directories.
package struct RecordBuilder {
    let experiment: Experiment
    let schedule: Schedule
    let directory: ExperimentDirectory
    let detail: Detail

    /// How much of each cell is wanted.
    package enum Detail: Sendable, Hashable {
        /// All that is on disk.
        case everything
        /// The outcomes of these cells, without their samples; of all others, what the journal says.
        case outcomes(of: Set<String>)
        /// What metrics and costs are made of: of thousands of cells, distributions, samples and probes would fill the memory.
        case figures
    }

    /// Makes a builder for an experiment.
    package init(
        experiment: Experiment,
        schedule: Schedule,
        directory: ExperimentDirectory,
        detail: Detail = .everything
    ) {
        self.experiment = experiment
        self.schedule = schedule
        self.directory = directory
        self.detail = detail
    }

    /// The record of all that is known.
    ///
    /// - Parameters:
    ///   - state: What the journal says.
    ///   - now: Until when what still exists is paid for.
    /// - Returns: The record.
    /// - Throws: ``LabError`` when a cell's outcome is on record and cannot be read.
    package func record(from state: ExperimentState, at now: Date = Date()) throws -> ExperimentRecord {
        var record = ExperimentRecord(
            experiment: experiment.id,
            planName: experiment.planName,
            planDescription: experiment.planDescription,
            labhostVersion: experiment.labhostVersion,
            startedAt: state.startedAt ?? experiment.createdAt,
            endedAt: state.exitCode == nil ? nil : state.lastEventAt,
            isSimulated: experiment.isSimulated,
            plugins: [
                Phase.image.rawValue: experiment.image.id,
                Phase.provision.rawValue: experiment.provisioner.id,
                Phase.execute.rawValue: experiment.executor.id,
                Phase.benchmark.rawValue: experiment.runner.id,
            ],
            image: state.image,
            hosts: state.lastHosts,
            clusters: schedule.groups.enumerated().map { index, group in
                ClusterRecord(hosts: state.hostsByGroup[index] ?? [], configurations: group.configurations)
            },
            cells: try schedule.groups.enumerated().flatMap { index, group in
                try group.entries.map { try cellRecord($0, cluster: index, in: state) }
            },
            phases: state.phases,
            resources: state.resources,
            facts: try facts(in: state),
            tags: experiment.tags,
            highlights: experiment.highlights ?? [],
            receipt: state.receipt,
            plan: detail == .everything ? planRecord : nil,
            metrics: MetricsArchive(directory.cells)
        )
        record.costs = Reckoning(record, at: now).costs(pricesAsOf: state.pricesAsOf, source: state.priceSource)
        record.costs?.bill = try directory.keptBill()
        return record
    }

    /// Nil when the frozen plan is gone: the report is about the numbers, and they are there.
    private var planRecord: PlanRecord? {
        guard let text = try? Files.read(directory.plan) else { return nil }
        return PlanRecord(
            file: experiment.planFile,
            text: String(decoding: text, as: UTF8.self),
            arguments: experiment.arguments ?? [],
            seed: schedule.seed
        )
    }

    private func cellRecord(_ entry: Schedule.Entry, cluster: Int, in state: ExperimentState) throws -> CellRecord {
        let cell = entry.cell
        guard let known = state.cells[cell.name] else {
            return CellRecord(cell: cell, cluster: cluster, configuration: entry.configuration)
        }
        var outcome: CellOutcome?
        if known.verdict != nil, wantsOutcome(of: cell.name) {
            let path = directory.outcome(of: cell.name)
            do {
                outcome = try JSONCoding.decode(CellOutcome.self, from: Files.read(path))
                if detail == .figures { outcome?.dropDistributions() }
            } catch {
                throw LabError(.reporting, "cannot read \(path)", cause: String(describing: error))
            }
        }
        return CellRecord(
            cell: cell,
            cluster: cluster,
            configuration: entry.configuration,
            startedAt: known.startedAt,
            endedAt: known.endedAt,
            outcome: outcome,
            samples: detail == .everything ? try samples(of: cell.name) : [],
            facts: known.facts
        )
    }

    private func wantsOutcome(of cell: String) -> Bool {
        if case .outcomes(let wanted) = detail { wanted.contains(cell) } else { true }
    }

    private func facts(in state: ExperimentState) throws -> [String: ClusterFacts] {
        try Set(state.cells.values.compactMap(\.facts)).reduce(into: [:]) { facts, name in
            let path = directory.path.appending(name)
            do { facts[name] = try JSONCoding.decode(ClusterFacts.self, from: Files.read(path)) } catch {
                throw LabError(.reporting, "cannot read \(path)", cause: String(describing: error))
            }
        }
    }

    /// The periods of a cell's own run, or of its probes' runs.
    private func samples(of cell: String) throws -> [PeriodSample] {
        let own = directory.cell(cell)
        let probes = own.appending("probes")
        let runs = [own] + Files.names(in: probes).sorted().map { probes.appending($0) }
        return try runs.flatMap { try PluginAPI.PeriodSeries.read(in: $0, atMost: Self.mostSamples / runs.count) }
    }

    /// As many as a chart can show.
    private static let mostSamples = 600
}

extension CellOutcome {
    fileprivate mutating func dropDistributions() {
        probes = []
        conditions = nil
        result?.publishLatency.quantiles = []
        result?.publishDelay?.quantiles = []
        result?.endToEndLatency?.quantiles = []
    }
}
