import Foundation
import Subprocess
import Testing

/// Killed with KILL, and carried on by another process.
@Suite(.serialized) struct ResumeTests {
    private static let plan = """
        name: crash
        image: {pulsar_version: 3.0.0}
        cluster:
          zookeeper: {count: 1, instance_type: t3.micro}
          bookkeeper: {count: 1, instance_type: t3.small}
          broker: {count: 1, instance_type: t3.small}
          client: {count: 1, instance_type: t3.small}
        base_workload: {test_duration_minutes: 1, warmup_duration_minutes: 0}
        test_runs:
          - {name: one, type: fixed_rate, producer_rate: 10000}
          - {name: two, type: fixed_rate, producer_rate: 20000}
        """

    /// Runs the plan, and kills it once its journal has so many lines.
    ///
    /// - Returns: Whether it was killed, and had not ended by itself.
    private func runAndKill(_ labhost: LabHost, atLine line: Int, _ provisioner: String) async throws -> Bool {
        let plan = try labhost.plan(Self.plan)
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

    @Test(arguments: [2, 9, 14, 21, 29, 38, 44, 52, 60, 68, 76, 90])
    func `a run that was killed anywhere is carried on to its end, and nothing is measured twice`(_ line: Int)
        async throws
    {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            _ = try await runAndKill(labhost, atLine: line, "ec2")
            let resumed = try await labhost("resume", "latest")
            #expect(resumed.status == 0, "\(resumed.output)\n\(resumed.errors)")
            #expect(try await sandbox.leaks().count == 0)
            let rows = try labhost.latest("report/results.csv").split(separator: "\r\n").dropFirst()
            #expect(rows.count == 2 && rows.allSatisfy { $0.contains(",valid,") }, "\(rows)")
            let ends = try labhost.latest("journal.jsonl").split(separator: "\n").filter { $0.contains("cellEnded") }
            #expect(ends.count == 2, "\(ends)")
        }
    }

    @Test(arguments: [9, 30, 56, 80])
    func `a run that was killed anywhere is torn down by another process`(_ line: Int) async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            _ = try await runAndKill(labhost, atLine: line, "ec2")
            let teardown = try await labhost("teardown", "latest")
            #expect(teardown.status == 0, "\(teardown.output)\n\(teardown.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
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
