import PluginAPI
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The results table fits the terminal and hides nothing")
struct ResultsTableTests {
    private func record(_ cells: [CellRecord], simulated: Bool = false) throws -> ExperimentRecord {
        ExperimentRecord(
            experiment: try #require(ExperimentID(rawValue: "exp-20260101-000000-test")),
            planName: "sample",
            planDescription: nil,
            labhostVersion: "0.1.0",
            startedAt: Date(timeIntervalSince1970: 0),
            endedAt: nil,
            isSimulated: simulated,
            plugins: [:],
            image: nil,
            hosts: [],
            cells: cells,
            phases: [],
            resources: []
        )
    }

    private func cell(_ name: String, rate: Int?, outcome: CellOutcome?) -> CellRecord {
        let workload = Workload(messageSizeBytes: 1024, producerRate: rate)
        let type = rate == nil ? RunType.maxRate : .fixedRate
        let cell = Cell(name: name, run: name, type: type, repetition: 1, workload: workload, timeoutSeconds: 1)
        return CellRecord(cell: cell, outcome: outcome)
    }

    private func result(rate: Double) -> BenchmarkResult {
        let latency = BenchmarkResult.Latency(
            meanMs: 3,
            p50Ms: 0.0874,
            p75Ms: 4,
            p95Ms: 6,
            p99Ms: 12.34,
            p999Ms: 2697.04,
            p9999Ms: 3000,
            maxMs: 3000
        )
        return BenchmarkResult(
            workload: "a",
            driver: "Pulsar",
            messageSizeBytes: 1024,
            publishRate: rate,
            consumeRate: rate,
            publishErrorRate: 0,
            finalBacklog: 0,
            publishLatency: latency,
            publishDelay: nil,
            endToEndLatency: nil,
            periods: []
        )
    }

    @Test("columns are aligned, reasons stand below their cell, unknowns are dashes")
    func table() throws {
        let long = "published 31,769 of 200,000 msg/s asked for (15.9 %): latencies are of overload and of nothing else"
        let cells = [
            cell("fixed-10k#1", rate: 10_000, outcome: CellOutcome(verdict: .valid, result: result(rate: 9999.6))),
            cell(
                "overload",
                rate: 200_000,
                outcome: CellOutcome(verdict: .suspect, reasons: [long], result: result(rate: 31_769))
            ),
            cell("max", rate: nil, outcome: nil),
        ]
        #expect(
            ResultsTable.render(try record(cells, simulated: true), width: 80) == """
                SIMULATED: these numbers come from a model. Nothing was measured.
                cell         verdict  target/s  publ/s  MB/s  p50 ms  p99 ms  p99.9 ms
                ──────────────────────────────────────────────────────────────────────
                fixed-10k#1  valid      10,000  10,000  10.2   0.087    12.3     2,697
                overload     suspect   200,000  31,769  32.5   0.087    12.3     2,697
                  - published 31,769 of 200,000 msg/s asked for (15.9 %): latencies are of
                    overload and of nothing else
                max          no end     search       -     -       -       -         -

                """
        )
    }

    @Test("long names are cut, and controls and wide characters do not break the layout")
    func hostileText() throws {
        let reason = "\u{1b}[2Jgone\nand 広い文字"
        let name = String(repeating: "very-long-name-", count: 9)
        let outcome = CellOutcome(verdict: .invalid, reasons: [reason])
        let table = ResultsTable.render(try record([cell(name, rate: 1, outcome: outcome)]), width: 80)
        #expect(!table.contains("\u{1b}"))
        #expect(table.contains("- \\u{1b}[2Jgone\\nand 広い文字\n"))
        #expect(table.split(separator: "\n").allSatisfy { $0.count <= 80 })
        #expect(table.contains("…"))
    }
}
