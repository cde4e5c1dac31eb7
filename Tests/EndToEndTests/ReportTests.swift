import Foundation
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// The report of a whole run, as a reader sees it: in a real browser, on paper, and through other programs.
@Suite(.serialized) struct ReportTests {
    private static let plan = """
        name: report
        description: "</title><script>console.error('injected')</script> & <b>which size</b>?"
        plugins:
          provisioner: dry-run
          executor: {use: dry-run, options: {speed: 6000}}
          reporters: [{use: html, options: {pdf: true}}, json, csv, markdown, junit, cost]
        base_workload: {partitions_per_topic: 4, test_duration_minutes: 1, warmup_duration_minutes: 0}
        test_runs:
          - {name: steady, type: fixed_rate, producer_rate: 5000}
          - name: slo
            type: search
            objective: {percentile: 99, latency_ms: 20}
            between: [1000, 500000]
            precision_percent: 20
        matrix: {workload.message_size: [512, 4096], pulsar.broker.managedLedgerCacheSizeMB: [128, 256]}
        reporting: {metrics_to_highlight: [throughput, p99_latency]}
        limits: {max_duration: 9h, cell_timeout: 10m}
        """

    /// What the browser saw of one page.
    private struct Sight: Decodable {
        var console: [String]
        var values: [Value]

        enum Value: Decodable, Equatable {
            case number(Double)
            case list([String])

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Double.self) {
                    self = .number(number)
                } else {
                    self = .list(try container.decode([String].self))
                }
            }
        }
    }

    private func python(_ arguments: [String], input: String = "") async throws -> (status: Int32, output: String) {
        let result = try await Subprocess.run(
            .path(Repository.root.appending("Tests/AWSSandbox/python")),
            arguments: Arguments(arguments),
            input: .string(input),
            output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 16)
        )
        guard case .exited(let status) = result.terminationStatus else { return (1, result.standardError) }
        return (status, result.standardOutput + result.standardError)
    }

    private func text(of pdf: String) async throws -> String {
        let result = try await Subprocess.run(
            .name("pdftotext"),
            arguments: ["-layout", pdf, "-"],
            output: .string(limit: 1 << 22)
        )
        return result.standardOutput
    }

    @Test func `the page works in a browser and on paper, and the files fit their formats`() async throws {
        let labhost = try LabHost()
        let run = try await labhost("run", "--yes", labhost.plan(Self.plan))
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
        let report = labhost.directory.appending("latest/report")
        try await looksRight(report.appending("index.html").string)

        let paper = try await text(of: report.appending("report.pdf").string)
        let sections = [
            "Simulated.", "The answer", "Cells", "Over time", "Latency by percentile", "Rate against latency",
            "Over the matrix", "Validity", "The cluster", "What the time went into", "Nothing is left behind",
            "How to reproduce", "labhost run plan.yaml", "precision_percent: 20",
        ]
        for section in sections { #expect(paper.contains(section), "\(section)") }

        try await fitsItsSchema(labhost)
        let junit = try labhost.latest("report/junit.xml")
        #expect(junit.contains("tests=\"8\" failures=\"0\""))
        #expect(try labhost.latest("report/summary.md").contains("**Simulated.**"))
    }

    private func looksRight(_ page: String) async throws {
        let isWhole = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        let charts = """
            ["time", "percentiles", "rates", "timeline"].map((id) => id + " " + [...document.querySelectorAll(
              "#" + id + " svg[role=img]")].filter((svg) => svg.clientWidth > 100 && svg.querySelector("path,rect")).length)
            """
        let latencies = """
            [...document.querySelectorAll("#cell-table tbody tr:not([hidden])")].map((row) => row.cells[
              [...document.querySelectorAll("#cell-table thead th")].findIndex((head) => head.dataset.key == "p99")
            ].textContent)
            """
        let hover = """
            (() => { const svg = document.querySelector("#time svg[data-values]"), box = svg.getBoundingClientRect();
              svg.dispatchEvent(new PointerEvent("pointermove", {clientX: box.left + box.width / 2, clientY: box.top + 50,
                bubbles: true}));
              return [document.getElementById("tip").textContent]; })()
            """
        let contrast = try String(
            contentsOfFile: Repository.root.appending("Tests/EndToEndTests/contrast.js").string,
            encoding: .utf8
        )
        let looks = try """
        [{"page": \(quoted(page)), "width": 360,
          "evaluate": [\(quoted(isWhole)), \(quoted(charts)), \(quoted(contrast))]},
         {"page": \(quoted(page)), "width": 1440, "dark": true, "hash": "sort=-p99",
          "evaluate": [\(quoted(isWhole)), \(quoted(latencies)), \(quoted(hover)), \(quoted(contrast))]},
         {"page": \(quoted(page)), "hash": "filter=slo msg512", "evaluate": [\(quoted(latencies))]}]
        """
        let browser = Repository.root.appending("Tests/EndToEndTests/browser.py").string
        let (status, output) = try await python([browser], input: looks)
        #expect(status == 0, "\(output)")
        let sights = try JSONDecoder().decode([Sight].self, from: Data(output.utf8))
        for sight in sights { #expect(sight.console.isEmpty, "\(sight.console)") }
        #expect(
            sights.first?.values == [
                .number(0), .list(["time 16", "percentiles 1", "rates 4", "timeline 1"]), .list([]),
            ]
        )

        let sorted = try #require(sights.dropFirst().first?.values)
        #expect(sorted.first == .number(0))
        guard case .list(let cells) = sorted[1], case .list(let words) = sorted[2] else { throw CancellationError() }
        #expect(sorted.last == .list([]), "words that are hard to read in the dark")
        let numbers = cells.compactMap { Double($0.replacing(",", with: "")) }
        #expect(numbers.count == 8)
        #expect(numbers == numbers.sorted(by: >))
        #expect(words.first?.contains("published: ") == true, "\(words)")
        guard case .list(let filtered) = sights.last?.values.first else { throw CancellationError() }
        #expect(filtered.count == 2)
    }

    private func fitsItsSchema(_ labhost: LabHost) async throws {
        let folder = try TemporaryDirectory()
        let schema = folder.path.appending("schema.json").string
        try await labhost("schema", "--results").output.write(toFile: schema, atomically: true, encoding: .utf8)
        let script = folder.path.appending("validate.py").string
        try """
        import json, sys
        from jsonschema import Draft202012Validator
        schema, results = (json.load(open(path)) for path in sys.argv[1:])
        Draft202012Validator.check_schema(schema)
        for error in Draft202012Validator(schema).iter_errors(results): print(error.json_path, error.message[:200])
        results["cells"][0]["result"]["publish_rate_msg_s"] = None
        print(len(list(Draft202012Validator(schema).iter_errors(results))), "error when a number is taken away")
        """.write(toFile: script, atomically: true, encoding: .utf8)
        let results = labhost.directory.appending("latest/report/results.json").string
        let (_, output) = try await python([script, schema, results])
        #expect(output == "1 error when a number is taken away\n")
    }

    @Test func `a run that was killed has a report of the cells that had ended`() async throws {
        let labhost = try LabHost()
        let plan = try labhost.plan(
            Self.plan.replacing("[{use: html, options: {pdf: true}}, json, csv, markdown, junit, cost]", with: "[html]")
                .replacing("speed: 6000", with: "speed: 60")
        )
        let run = try await labhost.run(["run", "--yes", plan]) { send in
            try await wait(for: "a report") { (try? labhost.latest("report/index.html")) != nil }
            try send(.kill)
        }
        #expect(run.status == 137)
        let page = try labhost.latest("report/index.html")
        #expect(page.contains("<strong>Partial.</strong>"))
        #expect(page.contains("data-verdict=\"valid\""))
        #expect(page.contains("<strong>Not torn down</strong>"))
    }

    /// A text as JSON.
    private func quoted(_ text: String) throws -> String {
        String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
    }
}
