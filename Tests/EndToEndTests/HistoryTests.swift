import Foundation
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// Questions over many experiments, put to the built binary: no cloud, no benchmark.
@Suite struct HistoryTests {
    private let labhost: LabHost

    init() throws { labhost = try LabHost() }

    /// Recorded results, with publish latencies that are so many times as long.
    private func results(_ count: Int, slower: Double, named name: String) throws -> [String] {
        let recorded = try Data(
            contentsOf: URL(
                filePath: Repository.root.appending("Tests/OMBRunnerTests/Recordings/redis-rate-1k/result.json").string
            )
        )
        return try (0..<count).map { number in
            var result = try #require(JSONSerialization.jsonObject(with: recorded) as? [String: Any])
            let factor = slower * (1 + Double(number % 3) / 100)
            for (key, value) in result where key.contains("PublishLatency") {
                if let value = value as? Double { result[key] = value * factor }
            }
            // No two files are the same.
            result["labhostTestNumber"] = "\(name) \(number)"
            let path = labhost.directory.appending("\(name)-\(number).json").string
            try JSONSerialization.data(withJSONObject: result).write(to: URL(filePath: path))
            return path
        }
    }

    private func experiment(in output: String) throws -> String {
        String(try #require(output.split(separator: "\n").first?.split(separator: " ").last))
    }

    @Test func `results from elsewhere are imported once, compared, and a regression has exit code 14`() async throws {
        let fast = try results(3, slower: 1, named: "fast")
        let slow = try results(3, slower: 1.5, named: "slow")
        let hostile = try labhost.plan("{\"publishRate\": [\"\u{1b}[31m\"]}", named: "hostile.json")

        let first = try await labhost.run(["import", "--name", "before", "--at", "2025-10-01"] + fast)
        #expect(first.status == 0, "\(first.errors)")
        let before = try experiment(in: first.output)
        #expect(before.hasPrefix("exp-20251001-000000-"))
        let again = try await labhost.run(["import"] + fast)
        #expect(again.output.contains("3 imported before, in \(before)"))
        let second = try await labhost.run(
            ["import", "--name", "after", "--tag", "team=x", hostile, "/dev/zero"] + slow
        )
        #expect(second.status == 1)
        #expect(second.errors.contains("hostile.json was refused"))
        #expect(second.errors.contains("/dev/zero is no regular file"))
        #expect(!second.errors.contains("\u{1b}"))
        let after = try experiment(in: second.output)

        #expect(try await labhost("baseline", "set", "main", before).status == 0)
        let arguments = ["compare", "main", after, "--threshold", "p99_latency=5%"]
        let comparison = try await labhost.run(arguments)
        #expect(comparison.status == 0, "\(comparison.errors)")
        #expect(comparison.output.contains("worse"))
        #expect(try await labhost.run(arguments + ["--fail-on", "regression"]).status == 14)
        let back = ["compare", after, "main", "--threshold", "p99_latency=5%", "--fail-on", "regression"]
        #expect(try await labhost.run(back).status == 0)

        let page = labhost.directory.appending("trend.html").string
        let trend = try await labhost("history", "--metric", "p99_latency", "--html", page)
        #expect(trend.status == 0, "\(trend.errors)")
        #expect(try String(contentsOfFile: page, encoding: .utf8).contains(after))
        let report = try await labhost("report", before)
        #expect(report.status == 0, "\(report.errors)")
        #expect(try await labhost("resume", before).status == 64)
        #expect(try await labhost("list").output.contains("after"))
    }

    @Test(arguments: [(1, CrashPoint.How.before), (6, .torn), (15, .torn), (24, .after)])
    func `a process killed while it writes the history leaves one that is whole`(
        _ write: Int,
        _ how: CrashPoint.How
    ) async throws {
        let files = try results(30, slower: 1, named: "many")
        let directory = try TemporaryDirectory()
        let point = CrashPoint(file: "/history.sqlite-wal", write: write, how: how)
        let environment = point.environment(try await CrashPoint.library(in: directory))
        // What is written is the cells: the history is there.
        #expect(try await labhost("history").status == 0)
        let killed = try await labhost.run(["import"] + files, environment: environment)
        #expect(killed.status == 137, "\(point): \(killed.errors)")
        let history = try await labhost("history", "--json", "--limit", "1000")
        #expect(history.status == 0, "\(history.errors)")
        #expect(history.output.split(separator: "\n").count == 30)
        let again = try await labhost.run(["import"] + files)
        #expect(again.output.contains("30 imported before"), "\(again.output)\n\(again.errors)")
        let cells = try await labhost("history", "--json", "--limit", "1000").output.split(separator: "\n")
        #expect(cells.count == 30)
        let rebuilt = try await labhost("history", "--rebuild", "--json", "--limit", "1000").output.split(
            separator: "\n"
        )
        #expect(rebuilt == cells)
    }
}
