import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes the periods of a run as they come, each once: a run that is followed again after a crash is read from its
/// beginning, and what is on disk already is not written a second time.
struct PeriodLog {
    private let path: FilePath
    private var file: FileDescriptor?
    private var count = 0
    private var last: Double?
    private let encoder = JSONEncoder()

    /// Goes on with the series in a directory, or begins one.
    init(in directory: FilePath) throws {
        path = directory.appending(PeriodSeries.file)
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let known = try PeriodSeries.read(in: directory)
        guard !known.isEmpty else { return }
        // Written anew, because the last line may have been cut off.
        let lines = try known.map { try line(for: $0) }
        try LocalFile.write(lines.joined(), to: path)
        count = known.count
        last = known.compactMap(\.offsetSeconds).max()
    }

    /// Adds a period.
    ///
    /// - Returns: Whether it was new. One without a time, which cannot be told from another, always is.
    mutating func append(_ sample: PeriodSample) throws -> Bool {
        if let offset = sample.offsetSeconds, let last, offset <= last { return false }
        last = sample.offsetSeconds ?? last
        guard count < PeriodSeries.limit else { return true }
        count += 1
        let line = try line(for: sample)
        do {
            let file =
                try file
                ?? FileDescriptor.open(
                    path,
                    .writeOnly,
                    options: [.create, .append],
                    permissions: [.ownerReadWrite]
                )
            self.file = file
            _ = try file.writeAll(line)
        } catch {
            throw LabError(error, while: "writing \(path)")
        }
        return true
    }

    /// Closes the file.
    mutating func finish() throws {
        try file?.close()
        file = nil
    }

    private func line(for sample: PeriodSample) throws -> [UInt8] {
        try Array(encoder.encode(sample)) + [UInt8(ascii: "\n")]
    }
}
