#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Everything that reporters are told of an experiment.
public struct ExperimentRecord: Sendable, Hashable, Codable {
    /// The experiment.
    public var experiment: ExperimentID
    /// The plan's name.
    public var planName: String
    /// The plan's description.
    public var planDescription: String?
    /// LabHost's version.
    public var labhostVersion: String
    /// When it started.
    public var startedAt: Date
    /// When it ended; nil while it runs.
    public var endedAt: Date?
    /// Whether any of its numbers are made up by a dry-run plugin.
    public var isSimulated: Bool
    /// The chosen plugins, by phase; reporters are not among them.
    public var plugins: [String: String]
    /// The image.
    public var image: MachineImage?
    /// The hosts of the cluster that was built last.
    public var hosts: [Host]
    /// Every cluster that was built, in the order of the schedule.
    public var clusters: [ClusterRecord]
    /// The cells, in the order of the schedule.
    public var cells: [CellRecord]
    /// The phases, in order.
    public var phases: [PhaseRecord]
    /// The resources that were created, and when they were gone.
    public var resources: [ResourceRecord]
    /// What the configured clusters are made of, by the names that ``CellRecord/facts`` has.
    public var facts: [String: ClusterFacts]
    /// The tags on every resource, the user's among them.
    public var tags: [String: String]
    /// What it cost; nil when nothing of it costs anything, or nobody has reckoned yet.
    public var costs: ExperimentCosts?
    /// The metrics to show first, by the plan's names for them; empty when it names none.
    public var highlights: [String]
    /// The latest teardown's receipt; nil before the first.
    public var receipt: Receipt?
    /// The plan, and how it was run; nil when nobody knows.
    public var plan: PlanRecord?
    /// What was collected while cells were measured; nil when nothing could be.
    public var metrics: MetricsArchive?

    /// Whether cells are still to be measured: the experiment goes on, or was ended before its time.
    public var isPartial: Bool { cells.contains { $0.outcome == nil } }

    /// Makes a record.
    public init(
        experiment: ExperimentID,
        planName: String,
        planDescription: String?,
        labhostVersion: String,
        startedAt: Date,
        endedAt: Date?,
        isSimulated: Bool,
        plugins: [String: String],
        image: MachineImage?,
        hosts: [Host],
        clusters: [ClusterRecord] = [],
        cells: [CellRecord],
        phases: [PhaseRecord],
        resources: [ResourceRecord],
        facts: [String: ClusterFacts] = [:],
        tags: [String: String] = [:],
        costs: ExperimentCosts? = nil,
        highlights: [String] = [],
        receipt: Receipt? = nil,
        plan: PlanRecord? = nil,
        metrics: MetricsArchive? = nil
    ) {
        self.experiment = experiment
        self.planName = planName
        self.planDescription = planDescription
        self.labhostVersion = labhostVersion
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.isSimulated = isSimulated
        self.plugins = plugins
        self.image = image
        self.hosts = hosts
        self.clusters = clusters
        self.cells = cells
        self.phases = phases
        self.resources = resources
        self.facts = facts
        self.tags = tags
        self.costs = costs
        self.highlights = highlights
        self.receipt = receipt
        self.plan = plan
        self.metrics = metrics
    }
}

/// A set of hosts, and the configurations that it was given in turn.
public struct ClusterRecord: Sendable, Hashable, Codable {
    /// The hosts; none when it was never built.
    public var hosts: [Host]
    /// Its configurations.
    public var configurations: [ClusterSpec]

    /// Makes a record.
    public init(hosts: [Host], configurations: [ClusterSpec]) {
        self.hosts = hosts
        self.configurations = configurations
    }
}

/// A cell and what became of it.
public struct CellRecord: Sendable, Hashable, Codable {
    /// The cell.
    public var cell: Cell
    /// The index of its cluster in ``ExperimentRecord/clusters``.
    public var cluster: Int
    /// The index of its configuration in ``ClusterRecord/configurations``.
    public var configuration: Int
    /// When it started; nil when it did not.
    public var startedAt: Date?
    /// When it ended.
    public var endedAt: Date?
    /// What became of it; nil when it did not end.
    public var outcome: CellOutcome?
    /// Its periods as they came, warm-up included, and those of its probes after each other: at most a few hundred, evenly
    /// spread. Also of a cell that failed or was killed.
    public var samples: [PeriodSample]
    /// The name in ``ExperimentRecord/facts`` of what its cluster is made of; nil when nobody knows.
    public var facts: String?

    /// Makes a record.
    public init(
        cell: Cell,
        cluster: Int = 0,
        configuration: Int = 0,
        startedAt: Date? = nil,
        endedAt: Date? = nil,
        outcome: CellOutcome? = nil,
        samples: [PeriodSample] = [],
        facts: String? = nil
    ) {
        self.samples = samples
        self.cell = cell
        self.cluster = cluster
        self.configuration = configuration
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.outcome = outcome
        self.facts = facts
    }
}

/// A phase and how long it took.
public struct PhaseRecord: Sendable, Hashable, Codable {
    /// The phase's name: `image`, `provision`, `ready`, `benchmark`, `report`, `teardown`.
    public var name: String
    /// When it started.
    public var startedAt: Date
    /// When it ended; nil when it did not.
    public var endedAt: Date?
    /// Why it failed; nil when it did not.
    public var error: LabError?

    /// Makes a record.
    public init(name: String, startedAt: Date, endedAt: Date? = nil, error: LabError? = nil) {
        self.name = name
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.error = error
    }
}

/// A resource and how long it existed.
public struct ResourceRecord: Sendable, Hashable, Codable {
    /// The resource.
    public var resource: Resource
    /// When its creation was recorded.
    public var createdAt: Date
    /// When its absence was verified; nil while it exists.
    public var deletedAt: Date?
    /// What it costs while it exists; nil when nobody has looked.
    public var rate: Rate?

    /// Makes a record.
    public init(resource: Resource, createdAt: Date, deletedAt: Date? = nil, rate: Rate? = nil) {
        self.resource = resource
        self.createdAt = createdAt
        self.deletedAt = deletedAt
        self.rate = rate
    }

    /// How many seconds it has existed until a moment. Clocks may be set back; nothing exists for less than no time.
    public func seconds(until now: Date) -> Double {
        max((deletedAt ?? now).timeIntervalSince(createdAt), 0)
    }
}

/// A file of the report.
public struct ReportFile: Sendable, Hashable {
    /// Its name, without a directory.
    public var name: String
    /// Its content.
    public var content: [UInt8]

    /// Makes a file.
    public init(name: String, content: [UInt8]) {
        self.name = name
        self.content = content
    }
}

/// Turns the record of an experiment into files.
///
/// A reporter is given the record and nothing else: it asks neither the cluster nor the journal. It is called whatever
/// became of the experiment, so it must have something to say of cells that failed, that did not end, and of none at all.
public protocol Reporter: Plugin {
    /// The files of the report; the engine writes them into the experiment's `report/` directory.
    func report(_ record: ExperimentRecord) async throws -> [ReportFile]

    /// The files of a report while cells are still being measured, so that a run that is killed has one, too.
    ///
    /// The engine asks after every cell, and less often where writing takes long. A reporter that does more than turn
    /// the record into files leaves that out here.
    func interimReport(_ record: ExperimentRecord) async throws -> [ReportFile]
}

extension Reporter {
    /// The same files as at the end.
    public func interimReport(_ record: ExperimentRecord) async throws -> [ReportFile] { try await report(record) }
}
