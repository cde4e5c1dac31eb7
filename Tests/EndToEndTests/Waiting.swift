import Foundation
import Testing

/// Waits until `isSo` says so. What has not become so within two minutes is an issue, which says `what` it was.
func wait(
    for what: String,
    at location: SourceLocation = #_sourceLocation,
    until isSo: () async throws -> Bool
) async throws {
    for _ in 0..<6000 {
        if try await isSo() { return }
        try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("waited two minutes in vain for \(what)", sourceLocation: location)
}

extension LabHost {
    /// Waits until the journal of the latest experiment says something, as often as asked.
    func wait(for text: String, count: Int = 1, at location: SourceLocation = #_sourceLocation) async throws {
        try await EndToEndTests.wait(for: "the journal to say \(text)", at: location) {
            // There is none at first.
            let journal = (try? latest("journal.jsonl")) ?? ""
            return journal.components(separatedBy: text).count > count
        }
    }
}
