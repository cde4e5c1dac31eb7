import PluginAPI
import SystemPackage

extension Journal {
    /// Folds a journal that another process may be writing.
    ///
    /// What changes nothing is not decoded: nearly all of a long journal are periods and notes.
    ///
    /// - Parameter path: The journal; one that does not exist is empty.
    /// - Returns: What is known.
    /// - Throws: ``LabError`` when the file cannot be read.
    static func state(of path: FilePath) throws -> ExperimentState {
        guard Files.exists(path) else { return ExperimentState() }
        let lines = try Files.read(path).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var state = ExperimentState()
        // The first event and the last say since when and until when.
        var passed: ArraySlice<UInt8>?
        for (index, line) in lines.enumerated() where !line.isEmpty {
            if state.startedAt != nil, changesNothing(line) {
                passed = line
            } else if let event = try? JSONCoding.decode(Event.self, from: line) {
                state.apply(event)
                passed = nil
            } else if index < lines.count - 1 {
                state.damagedLines.append(index + 1)
            }
        }
        if let passed, let event = try? JSONCoding.decode(Event.self, from: passed) { state.apply(event) }
        return state
    }

    private static let start = Array(#"{"time":""#.utf8)
    private static let middle = Array(#"","what":{""#.utf8)
    private static let silent = ["period", "note"].map { Array(#"\#($0)":{"#.utf8) }
    private static let end = Array("}}}".utf8)

    /// Whether a line was written as a whole, as ``record(_:)`` writes it, and is of a kind that no state depends on.
    private static func changesNothing(_ line: ArraySlice<UInt8>) -> Bool {
        let time = "2026-01-01T00:00:00.000Z".utf8.count
        guard line.starts(with: start) else { return false }
        let rest = line.dropFirst(start.count + time)
        guard rest.starts(with: middle), line.suffix(end.count) == end[...] else { return false }
        let kind = rest.dropFirst(middle.count)
        return silent.contains { kind.starts(with: $0) }
    }
}
