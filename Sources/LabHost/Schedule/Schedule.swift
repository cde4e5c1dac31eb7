public import PluginAPI

/// What will happen, with nothing left to decide: the cells, grouped so that a cluster is built once for all the cells
/// that can share it.
public struct Schedule: Sendable, Hashable, Codable {
    /// One set of hosts, and what is measured on it.
    public struct Group: Sendable, Hashable, Codable {
        /// The cluster's configurations; all can be had on the same hosts.
        public var configurations: [ClusterSpec]
        /// The cells, in order.
        public var entries: [Entry]

        /// Makes a group.
        public init(configurations: [ClusterSpec], entries: [Entry]) {
            self.configurations = configurations
            self.entries = entries
        }

        /// Makes a group of one configuration.
        public init(spec: ClusterSpec, cells: [Cell]) {
            self.init(configurations: [spec], entries: cells.map { Entry(cell: $0, configuration: 0) })
        }
    }

    /// A cell and the configuration that it is measured on.
    public struct Entry: Sendable, Hashable, Codable {
        /// The cell.
        public var cell: Cell
        /// The index of the group's configuration.
        public var configuration: Int

        /// Makes an entry.
        public init(cell: Cell, configuration: Int) {
            self.cell = cell
            self.configuration = configuration
        }
    }

    /// The groups, in order; at least one.
    public var groups: [Group]
    /// What the order was shuffled with; nil when it is the plan's.
    public var seed: UInt64?
    /// What happens after a cell that has no valid result; nil in schedules that were stored before there was a choice,
    /// for ``CellFailurePolicy/goOn``.
    public var onCellFailure: CellFailurePolicy?

    /// Makes a schedule.
    public init(groups: [Group], seed: UInt64? = nil, onCellFailure: CellFailurePolicy? = nil) {
        self.groups = groups
        self.seed = seed
        self.onCellFailure = onCellFailure
    }

    /// How often a cell is measured at the most.
    public var attempts: Int { onCellFailure?.attempts ?? 1 }

    /// All cells, in order.
    public var cells: [Cell] { groups.flatMap { $0.entries.map(\.cell) } }
}
