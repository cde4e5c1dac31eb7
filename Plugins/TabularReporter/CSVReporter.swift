public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Writes `results.csv`: one row for each cell, for spreadsheets.
///
/// Names carry their units; MB are 10⁶ bytes and times are UTC. What is unknown is an empty field, never 0.
public struct CSVReporter: Reporter {
    /// Needs nothing.
    public static let descriptor = PluginDescriptor(
        id: "csv",
        phase: .report,
        summary: "results.csv: one row for each cell, for spreadsheets"
    )

    /// Makes the reporter.
    public init(options: NoOptions, context: PluginContext) {}

    /// The one file.
    public func report(_ record: ExperimentRecord) async throws -> [ReportFile] {
        let columns = Self.columns(for: record)
        var csv = CSV()
        csv.append(columns.map { .text($0.name) })
        for cell in record.cells { csv.append(columns.map { $0.field(record, cell) }) }
        return [ReportFile(name: "results.csv", content: csv.content)]
    }

    private struct Column {
        var name: String
        var field: (ExperimentRecord, CellRecord) -> CSV.Field

        init(_ name: String, _ field: @escaping (ExperimentRecord, CellRecord) -> CSV.Field) {
            self.name = name
            self.field = field
        }

        /// A column of what was measured, empty where nothing was.
        init(_ name: String, measured field: @escaping (BenchmarkResult) -> Double?) {
            self.init(name) { _, cell in .number(cell.outcome?.result.flatMap(field)) }
        }
    }

    private static func columns(for record: ExperimentRecord) -> [Column] {
        let hosts = record.clusters.flatMap(\.hosts) + record.hosts
        let factors = Set(record.cells.flatMap(\.cell.factors.keys)).sorted()
        return identity + rates + latencies + circumstances + findings + costs + factors.map(factor)
            + Set(hosts.map(\.component)).sorted().map(instanceTypes)
    }

    private static var identity: [Column] {
        [
            Column("experiment") { record, _ in .text(record.experiment.rawValue) },
            Column("cell") { .text($1.cell.name) },
            Column("run") { .text($1.cell.run) },
            Column("type") { .text($1.cell.type.rawValue) },
            Column("repetition") { .integer($1.cell.repetition) },
            Column("verdict") { .text($1.outcome?.verdict.rawValue ?? "") },
            Column("reasons") { .text($1.outcome?.reasons.joined(separator: "; ") ?? "") },
            Column("simulated") { record, _ in .text(record.isSimulated ? "true" : "false") },
            Column("message_size_bytes") { .integer($1.cell.workload.messageSizeBytes) },
            Column("topics") { .integer($1.cell.workload.topics) },
            Column("partitions") { .integer($1.cell.workload.partitionsPerTopic) },
            Column("target_rate_msg_s") { .integer($1.cell.workload.producerRate) },
        ]
    }

    private static var rates: [Column] {
        [
            Column("publish_rate_msg_s", measured: \.publishRate),
            Column("publish_rate_mb_s") { .number(megabytes($1, \.publishRate)) },
            Column("consume_rate_msg_s", measured: \.consumeRate),
            Column("consume_rate_mb_s") { .number(megabytes($1, \.consumeRate)) },
        ]
    }

    /// A value that the matrix varies.
    private static func factor(_ path: String) -> Column { Column(path) { .text($1.cell.factors[path] ?? "") } }

    private static var findings: [Column] {
        [
            Column("last_good_rate_msg_s") { .integer($1.outcome?.finding?.lastGoodRate) },
            Column("first_bad_rate_msg_s") { .integer($1.outcome?.finding?.firstBadRate) },
            Column("limit") { .text($1.outcome?.finding?.limit ?? "") },
            Column("cell_key") { .text($1.cell.key) },
        ]
    }

    private static var latencies: [Column] {
        [
            Column("publish_latency_mean_ms", measured: \.publishLatency.meanMs),
            Column("publish_latency_p50_ms", measured: \.publishLatency.p50Ms),
            Column("publish_latency_p95_ms", measured: \.publishLatency.p95Ms),
            Column("publish_latency_p99_ms", measured: \.publishLatency.p99Ms),
            Column("publish_latency_p999_ms", measured: \.publishLatency.p999Ms),
            Column("publish_latency_max_ms", measured: \.publishLatency.maxMs),
            Column("publish_delay_p99_ms", measured: \.publishDelay?.p99Ms),
            Column("e2e_p99_ms", measured: \.endToEndLatency?.p99Ms),
            Column("backlog_final") { .integer($1.outcome?.result?.finalBacklog) },
            Column("publish_error_rate_msg_s", measured: \.publishErrorRate),
        ]
    }

    private static var circumstances: [Column] {
        [
            Column("started_at") { .text($1.startedAt?.formatted(.iso8601) ?? "") },
            Column("ended_at") { .text($1.endedAt?.formatted(.iso8601) ?? "") },
        ]
    }

    private static var costs: [Column] {
        func column(_ name: String, _ amount: KeyPath<CellCosts, Cost>) -> Column {
            Column(name) { record, cell in
                .number(record.costs?.cells[cell.cell.name]?[keyPath: amount].usd.map(Cost.rounded))
            }
        }
        return [
            column("cost_usd", \.cost),
            column("overhead_share_usd", \.overheadShare),
            column("usd_per_million_messages", \.perMillionMessages),
            column("usd_per_gb", \.perGB),
            column("usd_per_mb_s_hour", \.perMBpsHour),
        ]
    }

    private static func megabytes(_ record: CellRecord, _ rate: KeyPath<BenchmarkResult, Double>) -> Double? {
        guard let result = record.outcome?.result else { return nil }
        return result[keyPath: rate] * Double(result.messageSizeBytes ?? record.cell.workload.messageSizeBytes) / 1e6
    }

    private static func instanceTypes(of component: String) -> Column {
        Column("\(component)_instance_type") { record, cell in
            let own =
                record.clusters.indices.contains(cell.cluster) ? record.clusters[cell.cluster].hosts : record.hosts
            let types = Set(own.filter { $0.component == component }.map(\.instanceType))
            return .text(types.sorted().joined(separator: " "))
        }
    }
}
