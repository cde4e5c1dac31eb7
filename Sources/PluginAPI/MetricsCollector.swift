public import SystemPackage

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A cell during which metrics are collected.
public struct MetricsRequest: Sendable {
    /// The cell.
    public var cell: Cell
    /// The cluster that it is measured on.
    public var cluster: Cluster
    /// What exists for the experiment: instances, volumes …
    public var resources: [Resource]
    /// When the cell began; the same again after a crash, so that it tells one collection from another.
    public var startedAt: Date
    /// The cell's directory on this machine, in which its runner keeps what it measures. It exists.
    public var directory: FilePath

    /// Makes a request.
    public init(cell: Cell, cluster: Cluster, resources: [Resource], startedAt: Date, directory: FilePath) {
        self.cell = cell
        self.cluster = cluster
        self.resources = resources
        self.startedAt = startedAt
        self.directory = directory
    }

    /// A name for what belongs to this collection on hosts, in `[a-z0-9.-]`: the cell's, and when it began.
    public var key: String { "\(cell.name)-\(Int(startedAt.timeIntervalSince1970))" }
}

/// What was collected during a cell.
public struct CollectedMetrics: Sendable, Hashable, Codable {
    /// The series; no two of a host have the same name.
    public var series: [MetricSeries]
    /// What casts doubt on the cell's numbers; empty when nothing does.
    public var causes: [VerdictReason]

    /// Makes a collection.
    public init(series: [MetricSeries] = [], causes: [VerdictReason] = []) {
        self.series = series
        self.causes = causes
    }
}

/// Looks inside the cluster while a cell is measured.
///
/// The engine begins every chosen collector before a cell is run, and ends it after, also when the cell failed or was interrupted.
/// After a crash it begins again with the same request: what still samples goes on, and what was lost is begun anew. What a collector
/// leaves on hosts ends by itself. A collector that fails costs no cell: the engine notes why, and the cell has no series of it.
public protocol MetricsCollector: Plugin {
    /// Begins; does nothing where the same request was begun before.
    ///
    /// - Throws: ``LabError`` when nothing will be collected.
    func begin(_ request: MetricsRequest, through executor: any Executor) async throws

    /// Ends, and gives back what was collected. What is not known is left out, and never 0.
    ///
    /// - Throws: ``LabError`` when nothing is known.
    func end(_ request: MetricsRequest, through executor: any Executor) async throws -> CollectedMetrics
}
