public import PluginAPI

/// What will happen, with nothing left to decide: the cells, grouped so that a cluster is built once for all the cells
/// that can share it.
public struct Schedule: Sendable, Hashable, Codable {
    /// A cluster and what is measured on it.
    public struct Group: Sendable, Hashable, Codable {
        /// The cluster.
        public var spec: ClusterSpec
        /// The cells, in order.
        public var cells: [Cell]

        /// Makes a group.
        public init(spec: ClusterSpec, cells: [Cell]) {
            self.spec = spec
            self.cells = cells
        }
    }

    /// The groups, in order; at least one.
    public var groups: [Group]

    /// Makes a schedule.
    public init(groups: [Group]) { self.groups = groups }

    /// All cells, in order.
    public var cells: [Cell] { groups.flatMap(\.cells) }
}
