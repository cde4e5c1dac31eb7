import PluginAPI

/// The namespaces that OMB's driver makes for the cells of an experiment.
///
/// The driver makes a namespace for each of its processes, by a prefix and a random ending, and never deletes any. With a prefix
/// of each cell's own it is known whose they are, and nobody else's are touched.
struct CellNamespaces {
    /// The tenant, which stays.
    static let tenant = "benchmark"

    /// What the names of an experiment's namespaces begin with, without the tenant.
    static func prefix(of experiment: ExperimentID) -> String { "\(experiment)-" }

    /// The driver's key for a cell, as YAML. Cells' names have characters that namespaces may not: their hash has not.
    static func driver(of cell: String, in experiment: ExperimentID) -> String {
        let hash = StableHash(cell).hexadecimal.prefix(8)
        return "{client: {namespacePrefix: \"\(tenant)/\(prefix(of: experiment))\(hash)\"}}"
    }
}
