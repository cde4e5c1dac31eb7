import Document
import PluginAPI

/// The JSON that OMB writes at the end of a run (its `TestResult`).
///
/// Two generations are read: those before 2022 have no publish delay, no error rate and no message size. Latencies are
/// milliseconds, except for the publish delay, which OMB writes in microseconds. It is read in one go and never held whole.
struct OMBResult {
    /// The result in LabHost's terms; nil when it holds no period at all: then nothing was measured.
    let benchmarkResult: BenchmarkResult?

    /// Reads the JSON from memory.
    ///
    /// - Throws: ``LabError`` that says where it stops making sense.
    init(_ content: [UInt8], file: String = "result.json") throws {
        try self.init(JSONStream(content, file: file))
    }

    /// Reads the JSON as it comes.
    ///
    /// - Throws: ``LabError`` that says where it stops making sense, and the errors of whoever gives the bytes.
    init(_ stream: JSONStream) throws {
        do {
            var fields = OMBFields(stream)
            try fields.read()
            benchmarkResult = try Self.result(of: &fields)
        } catch let error as DocumentError {
            throw LabError(.benchmark, "OMB's result cannot be read", cause: error.description)
        }
    }

    private static func result(of fields: inout OMBFields) throws -> BenchmarkResult? {
        let publishRates = try fields.column("publishRate")
        let consumeRates = try fields.column("consumeRate")
        let errorRates = fields.optionalColumn("publishErrorRate")
        let backlogs = try fields.column("backlog")
        // OMB adds to all of them at once: one that is shorter than another was not written by OMB.
        for (key, column) in [("consumeRate", consumeRates), ("backlog", backlogs)]
        where column.count != publishRates.count {
            throw fields.error("\(column.count) values of \(key) and \(publishRates.count) of publishRate")
        }
        let result = BenchmarkResult(
            workload: try fields.text("workload"),
            driver: try fields.text("driver"),
            // 0 where the sizes come from a distribution: it is not known then, and not nothing.
            messageSizeBytes: fields.number("messageSize").flatMap { Int(exactly: $0) }.flatMap { $0 > 0 ? $0 : nil },
            publishRate: publishRates.mean,
            consumeRate: consumeRates.mean,
            publishErrorRate: errorRates?.mean,
            finalBacklog: backlogs.values.last.flatMap { Int(exactly: $0.rounded()) },
            publishLatency: try fields.latency("Publish", unitsPerMs: 1),
            publishDelay: try fields.optionalLatency("PublishDelay", unitsPerMs: 1000),
            endToEndLatency: try fields.optionalLatency("EndToEnd", unitsPerMs: 1),
            periods: periods(of: fields, publishRates, consumeRates, errorRates, backlogs),
            merging: publishRates.span > 1
                ? BenchmarkResult.Merging(periods: publishRates.count, span: publishRates.span) : nil
        )
        return result.periods.isEmpty ? nil : result
    }

    private static func periods(
        of fields: OMBFields,
        _ publishRates: PeriodColumn,
        _ consumeRates: PeriodColumn,
        _ errorRates: PeriodColumn?,
        _ backlogs: PeriodColumn
    ) -> [BenchmarkResult.Period] {
        let medians = fields.optionalColumn("publishLatency50pct")
        let latencies = fields.optionalColumn("publishLatency99pct")
        let delays = fields.optionalColumn("publishDelayLatency99pct")
        let endToEnd = fields.optionalColumn("endToEndLatency99pct")
        return publishRates.values.indices.map { index in
            BenchmarkResult.Period(
                publishRate: publishRates.values[index],
                consumeRate: consumeRates.values[index],
                publishErrorRate: errorRates?.at(index),
                backlog: Int(exactly: backlogs.values[index].rounded()),
                publishP50Ms: medians?.at(index),
                publishP99Ms: latencies?.at(index),
                publishDelayP99Ms: delays?.at(index).map { $0 / 1000 },
                endToEndP99Ms: endToEnd?.at(index)
            )
        }
    }
}

extension PeriodColumn {
    fileprivate func at(_ index: Int) -> Double? { values.indices.contains(index) ? values[index] : nil }
}
