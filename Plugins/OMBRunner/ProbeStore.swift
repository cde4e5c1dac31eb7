import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The probes of a cell on this machine's disk, `probes/NAME/` below the cell's directory: one that ended is never run
/// again.
struct ProbeStore {
    private let directory: FilePath
    private static let file: FilePath.Component = "outcome.json"

    init(_ cell: FilePath) { directory = cell.appending("probes") }

    /// A probe's own directory, which exists afterwards.
    func directory(of probe: RatePolicy.Probe) throws -> FilePath {
        let path = directory.appending(probe.name)
        try LocalFile.makeDirectory(path)
        return path
    }

    /// What came of a probe; nil when it did not end. One that gave no numbers is run again.
    func outcome(of probe: RatePolicy.Probe) throws -> ProbeOutcome? {
        guard let content = try LocalFile.read(directory.appending(probe.name).appending(Self.file)) else { return nil }
        guard let outcome = try? JSONDecoder().decode(ProbeOutcome.self, from: Data(content)),
            outcome.verdict != .invalid
        else { return nil }
        return outcome
    }

    func save(_ outcome: ProbeOutcome) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        try LocalFile.write(encoder.encode(outcome), to: directory.appending(outcome.name).appending(Self.file))
    }
}
