public import SystemPackage

/// One cell to be measured.
public struct RunRequest: Sendable {
    /// What to measure.
    public var cell: Cell
    /// On what.
    public var cluster: Cluster
    /// The OMB driver file's content: the cluster's with the plan's own keys. It may hold secrets: it is not logged.
    public var driver: String
    /// The cell's directory on this machine, for the result, the log and the inputs. It exists.
    public var directory: FilePath

    /// Makes a request.
    public init(cell: Cell, cluster: Cluster, driver: String, directory: FilePath) {
        self.cell = cell
        self.cluster = cluster
        self.driver = driver
        self.directory = directory
    }
}

/// Drives a benchmark through one cell.
public protocol BenchmarkRunner: Plugin {
    /// Measures one cell.
    ///
    /// A benchmark that failed is an outcome with a verdict and reasons, not an error.
    ///
    /// - Throws: ``LabError`` when the executor failed, so that nothing is known of the cell.
    func run(_ request: RunRequest, through executor: any DetachedJobs) async throws -> CellOutcome
}
