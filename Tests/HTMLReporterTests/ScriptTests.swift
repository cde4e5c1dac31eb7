import AWS
import Testing

@testable import HTMLReporter

@Suite struct ScriptTests {
    /// The page lets no other script run, so a script that was changed and not hashed anew would do nothing.
    @Test func `the page's policy has the hash of the script`() {
        let sum = SHA256.hash(Array(Script.html.source.utf8))
        #expect(Script.hash.source == "sha256-" + Base64.text(sum))
    }
}
