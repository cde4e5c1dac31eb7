public import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The periods of a run as they came, kept beside its result: `periods.jsonl`, one ``PeriodSample`` a line.
///
/// It is written while the benchmark runs, so that a run that was killed still has its history. Warm-up is part of it.
public enum PeriodSeries {
    /// The file's name in the directory of a cell or a probe.
    public static let file: FilePath.Component = "periods.jsonl"
    /// The most periods that are kept: over two days of them.
    public static let limit = 20_000

    /// Reads a series.
    ///
    /// - Parameters:
    ///   - directory: The directory of a cell or a probe.
    ///   - most: The most samples that are wanted; of a longer series every second, third, … is taken, and always the last.
    /// - Returns: The samples, in order; none when there is no series. A line that was cut off is left out.
    /// - Throws: ``LabError`` when the file is there and cannot be read.
    public static func read(in directory: FilePath, atMost most: Int = limit) throws -> [PeriodSample] {
        let content = try LocalFile.read(directory.appending(file)) ?? []
        let lines = content.split(separator: UInt8(ascii: "\n"))
        let stride = max(1, (lines.count + max(most, 1) - 1) / max(most, 1))
        let decoder = JSONDecoder()
        return lines.enumerated().compactMap { index, line in
            guard (lines.count - 1 - index).isMultiple(of: stride) else { return nil }
            return try? decoder.decode(PeriodSample.self, from: Data(line))
        }
    }
}
