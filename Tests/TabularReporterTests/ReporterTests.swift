import CostReporter
import PluginAPI
import PluginTestKit
import Testing

@testable import TabularReporter

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Reports say what is known, and what is not")
struct ReporterTests {
    private func text(_ reporter: any Reporter, _ name: String) async throws -> String {
        let files = try await reporter.report(try .sample())
        #expect(files.map(\.name) == [name])
        return String(decoding: try #require(files.first).content, as: UTF8.self)
    }

    private func json(_ reporter: any Reporter, _ name: String) async throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(try await text(reporter, name).utf8))
    }

    @Test("the CSV has one row a cell, CRLF, units in its header, and nothing where nothing is known")
    func csv() async throws {
        let csv = try await text(CSVReporter(options: NoOptions(), context: .fake()), "results.csv")
        let rows = csv.components(separatedBy: "\r\n")
        #expect(
            rows[0]
                == "experiment,cell,run,type,repetition,verdict,reasons,simulated,message_size_bytes,topics,partitions,"
                + "target_rate_msg_s,publish_rate_msg_s,publish_rate_mb_s,consume_rate_msg_s,consume_rate_mb_s,"
                + "publish_latency_mean_ms,publish_latency_p50_ms,publish_latency_p95_ms,publish_latency_p99_ms,"
                + "publish_latency_p999_ms,publish_latency_max_ms,publish_delay_p99_ms,e2e_p99_ms,backlog_final,"
                + "publish_error_rate_msg_s,started_at,ended_at,last_good_rate_msg_s,"
                + "first_bad_rate_msg_s,limit,cell_key,cost_usd,overhead_share_usd,usd_per_million_messages,"
                + "usd_per_gb,usd_per_mb_s_hour,broker_instance_type"
        )
        #expect(
            rows[1]
                == "exp-20251009-085320-test,fixed-10k#1,fixed-10k,fixed_rate,1,valid,,true,1000,1,1,10000,9990.5,9.9905,"
                + "9990.0,9.99,2.5,2.0,4.0,8.125,20.0,41.0,,,0,,2025-10-09T08:53:20Z,2025-10-09T08:59:20Z,,,,,0.0096,0.002,0.25,,,m6i.large"
        )
        #expect(
            rows[3]
                == "exp-20251009-085320-test,max,fixed-10k,max_rate,1,,,true,1000,1,1,,,,,,,,,,,,,,,,,,,,,,,,,,,m6i.large"
        )
        #expect(rows.count == 5 && rows[4].isEmpty)
    }

    @Test("text that a spreadsheet would run stays text, and quotes are doubled")
    func injection() async throws {
        let csv = try await text(CSVReporter(options: NoOptions(), context: .fake()), "results.csv")
        #expect(csv.contains(#","'=cmd()|'x'!A1 said ""no"", twice; +second","#))
    }

    @Test("the JSON is versioned, marked as simulated, and has null for what is unknown")
    func document() async throws {
        let json = try await json(JSONReporter(options: NoOptions(), context: .fake()), "results.json")
        #expect(json["schema"] == .string("labhost.results/1"))
        #expect(json["is_simulated"] == .bool(true))
        #expect(json["ended_at"] == .null)
        let cells = try #require(json["cells"]?.array)
        #expect(cells[0]["result"]?["publish_rate_msg_s"] == .number(9990.5))
        #expect(cells[0]["result"]?["publish_latency"]?["p999_ms"] == .number(20))
        #expect(cells[0]["result"]?["publish_delay"] == .null)
        #expect(cells[0]["result"]?["publish_error_rate_msg_s"] == .null)
        #expect(cells[1]["verdict"] == .string("invalid"))
        #expect(cells[1]["result"] == .null)
        #expect(cells[2]["verdict"] == .null)
        #expect(cells[2]["target_rate_msg_s"] == .null)
    }

    @Test("the JSON is the same as if it were encoded at once", arguments: [0, 1, 4])
    func streamed(_ cells: Int) async throws {
        var record = try ExperimentRecord.sample()
        record.planDescription = "two\nlines, \"quoted\" \u{2028}"
        record.cells = Array(record.cells.prefix(cells))
        var document = ResultsDocument(record)
        document.cells = record.cells.map { ResultsDocument.Cell($0, costs: record.costs?.cells[$0.cell.name]) }
        let whole = try ResultsDocument.encoder.encode(document)
        let files = try await JSONReporter(options: NoOptions(), context: .fake()).report(record)
        #expect(String(decoding: files[0].content, as: UTF8.self) == String(decoding: whole, as: UTF8.self) + "\n")
    }

    @Test(
        "every reporter keeps the rules of reporters",
        arguments: ["csv", "json", "markdown", "junit", "cost"]
    )
    func conformance(_ id: String) async throws {
        try await ReporterConformance.check { context in
            switch id {
            case "csv": CSVReporter(options: NoOptions(), context: context)
            case "json": JSONReporter(options: NoOptions(), context: context)
            case "markdown": MarkdownReporter(options: NoOptions(), context: context)
            case "junit": JUnitReporter(options: NoOptions(), context: context)
            default: CostReporter(options: NoOptions(), context: context)
            }
        }
    }

    @Test("costs are in the record, and what is not known is null with a reason")
    func costs() async throws {
        let clock = TestClock()
        let reporter = CostReporter(options: NoOptions(), context: .fake(clock: clock.labClock))
        let json = try await json(reporter, "costs.json")
        #expect(json["costs"]?["total"]?["usd"] == .number(0.0116))
        #expect(json["costs"]?["cells"]?["fixed-10k#1"]?["per_gb"]?["usd"] == .null)
        #expect(json["costs"]?["cells"]?["fixed-10k#1"]?["per_gb"]?["reason"] == .string("nobody knows"))
        #expect(json["tags"]?["team"] == .string("data"))
        let resources = try #require(json["resources"]?.array)
        #expect(resources[0]["seconds"] == .number(90))
        #expect(resources[0]["cost"]?["usd"] == .number(0.0024))
        #expect(resources[1]["seconds"] == .number(10))
        #expect(resources[1]["deleted_at"] == .null)
        #expect(resources[1]["cost"]?["usd"] == .null)
    }
}

/// A JSON value to compare with.
enum JSONValue: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    var array: [JSONValue]? {
        if case .list(let values) = self { values } else { nil }
    }
}
