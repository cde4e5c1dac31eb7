import Foundation
import Subprocess
import Testing

/// Killed with KILL, and carried on by another process.
@Suite(.serialized) struct ResumeTests {
    /// Runs the plan, and kills it once its journal has so many lines.
    ///
    /// - Returns: Whether it was killed, and had not ended by itself.
    private func runAndKill(_ labhost: LabHost, atLine line: Int, _ provisioner: String) async throws -> Bool {
        let plan = try labhost.plan(ChaosTests.plan)
        let run = try await labhost.run(["run", "--yes", "--provisioner", provisioner, plan]) { send in
            for _ in 0..<6000 {
                let journal = (try? labhost.latest("journal.jsonl")) ?? ""
                if journal.utf8.count(where: { $0 == UInt8(ascii: "\n") }) >= line { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            try? send(.kill)
        }
        return run.status == 137
    }

    @Test func `terraform that was killed in mid-apply is carried on, too`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            #expect(try await runAndKill(labhost, atLine: 40, "terraform"))
            let resumed = try await labhost("resume", "latest")
            #expect(resumed.status == 0, "\(resumed.output)\n\(resumed.errors)")
            #expect(try await sandbox.leaks().count == 0)
            // Nothing is left to do: once more does no harm.
            let again = try await labhost("resume", "latest")
            #expect(again.status == 0)
            #expect(again.errors.contains("nothing is left to measure"))
        }
    }
}
