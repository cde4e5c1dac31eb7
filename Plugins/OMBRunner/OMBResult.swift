import Document
import PluginAPI

/// The JSON that OMB writes at the end of a run (its `TestResult`).
///
/// Two generations are read: those before 2022 have no publish delay, no error rate and no message size. Latencies are
/// milliseconds, except for the publish delay, which OMB writes in microseconds.
struct OMBResult {
    /// The result in LabHost's terms; nil when it holds no period at all: then nothing was measured.
    let benchmarkResult: BenchmarkResult?

    /// Reads the JSON.
    ///
    /// - Throws: ``LabError`` that says where it stops making sense.
    init(_ content: [UInt8], file: String = "result.json") throws {
        do {
            // The tree is walked as it is: a Decoder over it takes twice as long for the same 2,000 quantiles.
            benchmarkResult = try Self.result(in: Fields(JSON.parse(content, file: file)))
        } catch {
            throw LabError(.benchmark, "OMB's result cannot be read", cause: error.description)
        }
    }

    private static func result(in json: Fields) throws(DocumentError) -> BenchmarkResult? {
        let publishRates = try json.numbers("publishRate")
        let consumeRates = try json.numbers("consumeRate")
        let errorRates = try json.optionalNumbers("publishErrorRate")
        let backlogs = try json.numbers("backlog").map { Int(exactly: $0.rounded()) }
        let result = BenchmarkResult(
            workload: try json.text("workload"),
            driver: try json.text("driver"),
            // 0 where the sizes come from a distribution: it is not known then, and not nothing.
            messageSizeBytes: json["messageSize"]?.scalar?.int.flatMap { $0 > 0 ? $0 : nil },
            publishRate: publishRates.mean,
            consumeRate: consumeRates.mean,
            publishErrorRate: errorRates?.mean,
            finalBacklog: backlogs.last ?? nil,
            publishLatency: try json.latency("Publish", unitsPerMs: 1),
            publishDelay: try json.optionalLatency("PublishDelay", unitsPerMs: 1000),
            endToEndLatency: try json.optionalLatency("EndToEnd", unitsPerMs: 1),
            periods: try periods(in: json, publishRates, consumeRates, errorRates, backlogs)
        )
        return result.periods.isEmpty ? nil : result
    }

    private static func periods(
        in json: Fields,
        _ publishRates: [Double],
        _ consumeRates: [Double],
        _ errorRates: [Double]?,
        _ backlogs: [Int?]
    ) throws(DocumentError) -> [BenchmarkResult.Period] {
        let medians = try json.optionalNumbers("publishLatency50pct")
        let latencies = try json.optionalNumbers("publishLatency99pct")
        let delays = try json.optionalNumbers("publishDelayLatency99pct")
        let endToEnd = try json.optionalNumbers("endToEndLatency99pct")
        // OMB adds to all of them at once: one that is shorter than another was not written by OMB.
        for (key, count) in [("consumeRate", consumeRates.count), ("backlog", backlogs.count)]
        where count != publishRates.count {
            throw json.error("\(count) values of \(key) and \(publishRates.count) of publishRate")
        }
        return publishRates.indices.map { index in
            BenchmarkResult.Period(
                publishRate: publishRates[index],
                consumeRate: consumeRates[index],
                publishErrorRate: errorRates?.at(index),
                backlog: backlogs[index],
                publishP50Ms: medians?.at(index),
                publishP99Ms: latencies?.at(index),
                publishDelayP99Ms: delays?.at(index).map { $0 / 1000 },
                endToEndP99Ms: endToEnd?.at(index)
            )
        }
    }
}

/// The members of the JSON object, each of the type that it must have.
private struct Fields {
    private let root: Node
    private let members: [String: Node]

    init(_ root: Node) throws(DocumentError) {
        guard let mapping = root.mapping else { throw DocumentError("not a JSON object", at: root.mark) }
        self.root = root
        members = Dictionary(mapping.entries.map { ($0.key, $0.value) }) { first, _ in first }
    }

    subscript(key: String) -> Node? { members[key].flatMap { $0.isNull ? nil : $0 } }

    func error(_ message: String) -> DocumentError { DocumentError(message, at: root.mark) }

    func text(_ key: String) throws(DocumentError) -> String {
        let node = try required(key)
        guard let text = node.text else { throw DocumentError("\(key) is no text", at: node.mark) }
        return text
    }

    func numbers(_ key: String) throws(DocumentError) -> [Double] {
        let node = try required(key)
        guard let elements = node.sequence else { throw DocumentError("\(key) is no list", at: node.mark) }
        var numbers: [Double] = []
        numbers.reserveCapacity(elements.count)
        for element in elements { numbers.append(try Self.number(element, key)) }
        return numbers
    }

    func optionalNumbers(_ key: String) throws(DocumentError) -> [Double]? {
        self[key] == nil ? nil : try numbers(key)
    }

    func optionalLatency(_ name: String, unitsPerMs: Double) throws(DocumentError) -> BenchmarkResult.Latency? {
        self["aggregated\(name)LatencyAvg"] == nil ? nil : try latency(name, unitsPerMs: unitsPerMs)
    }

    func latency(_ name: String, unitsPerMs: Double) throws(DocumentError) -> BenchmarkResult.Latency {
        let prefix = "aggregated\(name)Latency"
        func value(_ statistic: String) throws(DocumentError) -> Double {
            try Self.number(required(prefix + statistic), prefix + statistic) / unitsPerMs
        }
        return BenchmarkResult.Latency(
            meanMs: try value("Avg"),
            p50Ms: try value("50pct"),
            p75Ms: try value("75pct"),
            p95Ms: try value("95pct"),
            p99Ms: try value("99pct"),
            p999Ms: try value("999pct"),
            p9999Ms: try value("9999pct"),
            maxMs: try value("Max"),
            quantiles: try quantiles(prefix + "Quantiles", unitsPerMs: unitsPerMs)
        )
    }

    private func quantiles(
        _ key: String,
        unitsPerMs: Double
    ) throws(DocumentError) -> [BenchmarkResult.Quantile] {
        guard let node = self[key] else { return [] }
        guard let mapping = node.mapping else { throw DocumentError("\(key) is no object", at: node.mark) }
        var quantiles: [BenchmarkResult.Quantile] = []
        quantiles.reserveCapacity(mapping.entries.count)
        for entry in mapping.entries {
            // Java prints small doubles as "5.42E-5".
            guard let percentile = Scalar(entry.key).double, (0...100).contains(percentile) else {
                throw DocumentError("\"\(entry.key)\" is no percentile", at: entry.keyMark)
            }
            let value = try Self.number(entry.value, key) / unitsPerMs
            quantiles.append(BenchmarkResult.Quantile(percentile: percentile, valueMs: value))
        }
        return quantiles.sorted { $0.percentile < $1.percentile }
    }

    private func required(_ key: String) throws(DocumentError) -> Node {
        guard let node = self[key] else { throw error("there is no \(key)") }
        return node
    }

    private static func number(_ node: Node, _ key: String) throws(DocumentError) -> Double {
        // Jackson writes what is not a number as the text "NaN".
        guard let number = node.scalar?.double, number.isFinite else {
            throw DocumentError("a value of \(key) is no number", at: node.mark)
        }
        return number
    }
}

extension [Double] {
    fileprivate var mean: Double { isEmpty ? 0 : reduce(0, +) / Double(count) }
    fileprivate func at(_ index: Int) -> Double? { indices.contains(index) ? self[index] : nil }
}
