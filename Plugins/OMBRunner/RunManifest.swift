import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What OMB's own result lacks, kept beside it: which attempt it is, where it ran, when, and what was asked for.
///
/// It is also how a crashed host finds its run again: an attempt that began and did not end goes on, and one that ended
/// is never mistaken for the next.
struct RunManifest: Codable {
    /// The format's name and version.
    var schema = "labhost.run/1"
    /// Which attempt at the cell, from 1.
    var attempt: Int
    /// The job on the client.
    var job: String
    /// The client.
    var host: String
    /// The directory of the run on the client.
    var workingDirectory: String
    /// The rate asked for; nil for OMB's own search.
    var targetRate: Int?
    /// SHA-256 in hexadecimal of the inputs as they are kept beside this file, without secrets, by file name.
    var inputs: [String: String]?
    /// When the attempt began.
    var startedAt: Date
    /// When it ended; nil while it runs, or when nobody saw it end.
    var endedAt: Date?
    /// The size of the log on the client in bytes, when the run ended.
    var logBytes: Int?

    private static let file: FilePath.Component = "run.json"

    /// The attempt to make, or to go on with.
    static func next(for request: RunRequest, on host: Host, experiment: ExperimentID, results: String, now: Date)
        throws
        -> RunManifest
    {
        let last = try load(from: request.directory)
        if let last, last.endedAt == nil, last.host == host.instanceID { return last }
        let attempt = (last?.attempt ?? 0) + 1
        let directory = "\(results)/\(experiment)/\(request.cell.name)"
        return RunManifest(
            attempt: attempt,
            job: jobName(experiment: experiment, cell: request.cell.name, attempt: attempt),
            host: host.instanceID,
            workingDirectory: attempt == 1 ? directory : "\(directory)/attempt-\(attempt)",
            targetRate: request.cell.workload.producerRate,
            startedAt: now
        )
    }

    /// A name in `[a-z0-9-]` that is the same each time and shared by no two attempts.
    ///
    /// Cell names have characters that job names may not: the hash keeps `a.1` and `a#1` apart.
    static func jobName(experiment: ExperimentID, cell: String, attempt: Int) -> String {
        let readable = cell.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        let hash = StableHash(experiment.rawValue, cell, String(attempt)).hexadecimal.prefix(8)
        return "\(experiment)-\(String(readable.prefix(40)))-\(hash)"
    }

    /// Puts aside what an earlier attempt left in the directory, so that this one does not overwrite it: `attempts/1/` …
    func putAsideEarlier(in directory: FilePath) throws {
        guard let earlier = try Self.load(from: directory), earlier.attempt != attempt else { return }
        let aside = directory.appending("attempts").appending(String(earlier.attempt))
        try LocalFile.makeDirectory(aside)
        try earlier.save(in: aside)
        for name in ["omb.log", "result.json", PeriodSeries.file.string] {
            let path = directory.appending(name)
            guard let content = try? FileDescriptor.open(path, .readOnly) else { continue }
            try content.close()
            try LocalFile.move(path, to: aside.appending(name))
        }
    }

    private static func load(from directory: FilePath) throws -> RunManifest? {
        guard let content = try LocalFile.read(directory.appending(file)) else { return nil }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        // One that cannot be read was written by something else; the attempt begins anew.
        return try? decoder.decode(RunManifest.self, from: Data(content))
    }

    /// Writes the manifest into the cell's directory.
    func save(in directory: FilePath) throws {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try LocalFile.write(encoder.encode(self), to: directory.appending(Self.file))
    }
}
