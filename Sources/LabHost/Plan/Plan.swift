public import Document
public import PluginAPI

/// A plan without faults, with every default in its place: all that an experiment needs to be told.
public struct Plan: Sendable {
    /// The name in `[a-z0-9-]`, 1 to 40 characters.
    public var name: String
    /// The question that the experiment answers.
    public var description: String?
    /// The image builder; nil when the plan leaves it open, as for the other plugins.
    public var image: Experiment.Choice?
    /// The provisioner.
    public var provisioner: Experiment.Choice?
    /// The executor.
    public var executor: Experiment.Choice?
    /// The benchmark runner.
    public var runner: Experiment.Choice?
    /// The metrics collectors, each id once; nil when the plan leaves them open.
    public var metrics: [Experiment.Choice]?
    /// The reporters, each id once: those of `plugins`, then those of `reporting`.
    public var reporters: [Experiment.Choice]?
    /// Where the plugins' ids are written, for the catalog's message about one that it does not know.
    public var pluginMarks: [Phase: [String: SourceMark]]
    /// The image that is wanted.
    public var imageRequest: ImageRequest
    /// The `aws` section as written; the region may still come from the environment.
    public var cloud: CloudSettings
    /// The cluster as the plan has it, without what the matrix and single runs change.
    public var spec: ClusterSpec
    /// Every cluster that a cell needs; no two are alike.
    public var specs: [ClusterSpec]
    /// For each of them which hosts it needs: those with the same number can share them.
    public var hostGroups: [Int]
    /// What differs from the cluster's driver file; nil for nothing.
    public var driver: DriverChoice?
    /// The user's tags.
    public var tags: [String: String]
    /// Every resource expires after this time.
    public var maxDuration: Duration
    /// The most that it may cost in USD; nil for no limit.
    public var maxCostUSD: Double?
    /// How long hosts go on when LabHost is gone.
    public var unattended: Duration
    /// A cell that takes longer has failed.
    public var cellTimeout: Duration
    /// When the cluster is kept.
    public var keep: Experiment.KeepPolicy
    /// The test runs, with every combination of the matrix.
    public var runs: [Run]
    /// How often each cell is measured.
    public var repetitions: Int
    /// Whether the cells of a cluster are shuffled.
    public var isRandomized: Bool
    /// What they are shuffled with; nil for a new seed each time.
    public var seed: UInt64?
    /// What happens after a cell that has no valid result.
    public var onCellFailure: CellFailurePolicy
    /// The metrics that reports show first, by the plan's names for them.
    public var highlights: [String]
    /// Whether reports hold the period series that their figures are made of.
    public var includesRawData: Bool
    /// What is worth saying about a plan that can be used.
    public var warnings: [Diagnostic]

    /// One test run.
    public struct Run: Sendable, Hashable {
        /// The name in `[a-z0-9-]`, unique in the plan.
        public var name: String
        /// What it asks.
        public var type: RunType
        /// How its rate is chosen.
        public var policy: RatePolicy
        /// Whether it is measured once more at the end of each set of hosts.
        public var isCanary = false
        /// The run under each combination of the matrix; one for a plan without.
        public var variants: [Variant]
        /// Where the run is written.
        public var mark: SourceMark
    }

    /// A run under one combination of the matrix.
    public struct Variant: Sendable, Hashable {
        /// The combination, in the order of the matrix.
        public var factors: [Factor]
        /// The workload, complete.
        public var workload: Workload
        /// The index of the cluster in ``Plan/specs``.
        public var spec: Int
    }

    /// One value of the matrix.
    public struct Factor: Sendable, Hashable {
        /// The path that is varied: `cluster.broker.instance_type`.
        public var path: String
        /// The value, as text.
        public var value: String
        /// Whether it is the run's own value, which the matrix does not vary for this run.
        public var isOwn = false
    }
}
