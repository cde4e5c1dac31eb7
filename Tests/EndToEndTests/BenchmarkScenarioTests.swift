import Foundation
import PluginAPI
import Testing

/// Every way in which the benchmark fails or deceives, one cell each, on one emulated cluster.
@Suite(.serialized) struct BenchmarkScenarioTests {
    private static let names = [
        "success", "hang-after-success", "silent-zeros", "refused-payload", "overload", "killed-broker", "log-flood",
        "misspelt-consumers",
    ]

    private var plan: String {
        let runs = Self.names.map { name in
            "  - {name: scenario-\(name), type: fixed_rate, producer_rate: \(name == "overload" ? 200_000 : 1000)}\n"
        }
        return "name: scenarios\n\(SmallCluster.keys)on_cell_failure: continue\ntest_runs:\n\(runs.joined())"
    }

    private func outcome(_ name: String, _ labhost: LabHost) throws -> CellOutcome {
        let text = try labhost.latest("cells/scenario-\(name)/outcome.json")
        return try JSONDecoder().decode(CellOutcome.self, from: Data(text.utf8))
    }

    @Test func `each way to fail has its verdict and its reason, logs are bounded, and nothing is left`() async throws {
        try await Sandbox.run(["--omb-speed", "6000"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let run = try await labhost("run", "--yes", "--provisioner", "ec2", try labhost.plan(plan))
            #expect(run.status == 13, "\(run.output)\n\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)

            let expected: [(String, Verdict, [VerdictReason.Code])] = [
                ("success", .valid, []),
                ("hang-after-success", .valid, []),
                ("silent-zeros", .invalid, [.nothingSent]),
                ("refused-payload", .invalid, [.resultMissing, .benchmarkFailed]),
                ("overload", .suspect, [.targetMissed, .publishDelayGrowing]),
                ("killed-broker", .invalid, [.resultMissing, .brokerGone]),
                ("misspelt-consumers", .invalid, [.resultMissing, .benchmarkFailed]),
            ]
            for (name, verdict, codes) in expected {
                let outcome = try outcome(name, labhost)
                #expect(outcome.verdict == verdict, "\(name): \(outcome.reasons)")
                #expect(outcome.causes.map(\.code) == codes, "\(name): \(outcome.reasons)")
            }
            // Half of its sends fail, and each wrote a stack trace: 50 MB, of which the client kept a few.
            let flood = try outcome("log-flood", labhost)
            #expect(flood.verdict != .valid)
            #expect(Set(flood.causes.map(\.code)).isSuperset(of: [.sendErrors, .logFlood]), "\(flood.reasons)")
            let log = try labhost.latest("cells/scenario-log-flood/omb.log")
            #expect(log.utf8.count < 9_000_000)
            #expect(log.contains("Starting benchmark with config"))
            #expect(log.contains("Writing test result into"))
            struct Run: Decodable { var logBytes: Int }
            let kept = try JSONDecoder().decode(
                Run.self,
                from: Data(try labhost.latest("cells/scenario-log-flood/run.json").utf8)
            )
            #expect(kept.logBytes < 9_000_000)

            // Also of a run that was lost there is a history.
            let periods = try labhost.latest("cells/scenario-killed-broker/periods.jsonl").split(separator: "\n")
            #expect(periods.count == 3)
            #expect(run.errors.contains("measuring 00:10 of 01:00 · "))
            #expect(run.output.contains("OMB: Failed to run the workload 'scenario-killed-broker'"))
        }
    }
}
