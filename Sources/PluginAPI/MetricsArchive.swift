public import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The series of an experiment's cells, each in a file of its own that is read when it is asked for.
///
/// A record of thousands of cells does not hold them: a reporter reads those of the few cells that it shows.
public struct MetricsArchive: Sendable, Hashable, Codable {
    /// The most series that are kept of a cell.
    public static let mostSeries = 500
    /// About the most values that are kept of a cell, all series together.
    public static let mostValues = 6_000

    private let cells: String

    /// The archive in a directory that has one directory for each cell.
    public init(_ cells: FilePath) { self.cells = cells.string }

    /// The series of a cell; none when nothing was collected.
    ///
    /// - Throws: ``LabError`` naming the file, when there is one that cannot be read: that is not the same as none.
    public func series(of cell: String) throws -> [MetricSeries] {
        let file = file(of: cell)
        guard let content = try LocalFile.read(file) else { return [] }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        do { return try decoder.decode(Content.self, from: Data(content)).series } catch {
            throw LabError(
                .failed,
                "cannot read the metrics of \(cell) in \(file)",
                cause: String(describing: error),
                hint: "remove the file to report without them"
            )
        }
    }

    /// Keeps the series of a cell, as many and as fine as there is room for.
    ///
    /// - Returns: How many series there was no room for.
    /// - Throws: ``LabError`` naming the file.
    public func keep(_ series: [MetricSeries], of cell: String) throws -> Int {
        let kept = series.prefix(Self.mostSeries)
        let values = max(Self.mostValues / max(kept.count, 1), 12)
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .secondsSince1970
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let content = Content(series: kept.map { $0.downsampled(to: min(values, 240)) })
            try LocalFile.write(encoder.encode(content), to: file(of: cell))
        } catch {
            throw LabError(error, while: "keeping the metrics of \(cell)")
        }
        return series.count - kept.count
    }

    /// The file of a cell: private to the user, as all of an experiment.
    private func file(of cell: String) -> FilePath {
        FilePath(cells).appending(cell).appending("metrics.json")
    }

    private struct Content: Codable {
        var version = 1
        var series: [MetricSeries]
    }
}
