import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Looking inside the cluster while a cell is measured. Nothing of it may cost a cell.
extension Engine {
    /// The same request again for a cell that a killed process had begun, so that what still samples for it is found.
    func metricsRequest(for cell: Cell, on cluster: Cluster, _ resources: [Resource]) throws -> MetricsRequest {
        let directory = directory.cell(cell.name)
        try LocalFile.makeDirectory(directory)
        return MetricsRequest(
            cell: cell,
            cluster: cluster,
            resources: resources,
            startedAt: try mark(in: directory).map(Date.init(timeIntervalSince1970:)) ?? clock.now(),
            directory: directory
        )
    }

    /// Does what measures a cell while the collectors look.
    ///
    /// - Returns: The outcome, with what the collectors found against it.
    func collecting(_ request: MetricsRequest, while measure: () async throws -> CellOutcome) async throws
        -> CellOutcome
    {
        guard !plugins.collectors.isEmpty else { return try await measure() }
        let seconds = String(Int(request.startedAt.timeIntervalSince1970))
        try LocalFile.write(seconds.utf8, to: Self.markFile(in: request.directory))
        await withTaskGroup { group in
            for (id, collector) in plugins.collectors {
                group.addTask {
                    do { try await collector.begin(request, through: plugins.executor) } catch {
                        await tell(error, of: id, request.cell)
                    }
                }
            }
        }
        let outcome: CellOutcome
        do { outcome = try await measure() } catch {
            // An unstructured task does not inherit cancellation: nothing is to go on sampling after Ctrl-C.
            _ = await Task { await endCollecting(request) }.value
            throw error
        }
        return outcome.doubted(for: await endCollecting(request))
    }

    /// Ends every collector, and keeps the series.
    ///
    /// - Returns: What casts doubt on the cell.
    private func endCollecting(_ request: MetricsRequest) async -> [VerdictReason] {
        let collected = await withTaskGroup(of: (Int, CollectedMetrics).self) { group in
            for (index, (id, collector)) in plugins.collectors.enumerated() {
                group.addTask {
                    do { return (index, try await collector.end(request, through: plugins.executor)) } catch {
                        await tell(error, of: id, request.cell)
                        return (index, CollectedMetrics())
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
        }
        do {
            let series = collected.flatMap(\.series)
            if !series.isEmpty {
                let left = try MetricsArchive(directory.cells).keep(series, of: request.cell.name)
                if left > 0 { await tell("\(left) more series than are kept of a cell are left out", request.cell) }
            }
        } catch { await tell(error, of: "archive", request.cell) }
        LocalFile.remove(Self.markFile(in: request.directory))
        return collected.flatMap(\.causes)
    }

    private static func markFile(in directory: FilePath) -> FilePath { directory.appending("metrics.begun") }

    /// When a collection began that nobody has ended; nil when there is none.
    private func mark(in directory: FilePath) throws -> Double? {
        try LocalFile.read(Self.markFile(in: directory)).flatMap { Double(String(decoding: $0, as: UTF8.self)) }
    }

    private func tell(_ error: any Error, of collector: String, _ cell: Cell) async {
        guard !(error is CancellationError) else { return }
        await tell("\(collector) says nothing: \(LabError(error, while: "collecting metrics").description)", cell)
    }

    private func tell(_ text: String, _ cell: Cell) async {
        let text = "metrics of \(cell.name): \(text)"
        try? await journal.record(.note(phase: Phase.metrics.rawValue, level: .warning, text: text))
    }
}
