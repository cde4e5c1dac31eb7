import Testing

@testable import LabHostCLI

@Suite struct BuildFactsTests {
    @Test func `a build that knows its commit says so, with its date`() {
        let facts = BuildFacts(version: "1.2.0-3", commit: "0123456789ab", date: "2026-01-31")
        #expect(facts.line == "1.2.0-3 (commit 0123456789ab, 2026-01-31)")
        #expect(facts.identifier == "1.2.0-3+0123456789ab")
    }

    @Test func `a build that does not know its commit says that`() {
        let facts = BuildFacts(version: "1.2.0")
        #expect(facts.line == "1.2.0 (unknown commit)")
        #expect(facts.identifier == "1.2.0")
    }
}
