import Document
import PluginAPI

/// The members of OMB's JSON object that are wanted, each of the type that it must have; the others are read over.
struct OMBFields {
    private var stream: JSONStream
    private var seen: Set<String> = []
    private var texts: [String: String] = [:]
    private var numbers: [String: Double] = [:]
    private var columns: [String: PeriodColumn] = [:]
    private var quantiles: [String: [BenchmarkResult.Quantile]] = [:]
    private var root: SourceMark

    /// The lists that are wanted, and how their periods are put together.
    private static let lists: [String: PeriodColumn.Fold] = [
        "publishRate": .mean, "publishErrorRate": .mean, "consumeRate": .mean, "backlog": .last,
        "publishLatency50pct": .worst, "publishLatency99pct": .worst, "publishDelayLatency99pct": .worst,
        "endToEndLatency99pct": .worst,
    ]
    private static let statistics = ["Avg", "50pct", "75pct", "95pct", "99pct", "999pct", "9999pct", "Max"]
    private static let latencies = ["Publish", "PublishDelay", "EndToEnd"].map { "aggregated\($0)Latency" }
    private static let scalars = Set(latencies.flatMap { name in statistics.map { name + $0 } } + ["messageSize"])
    private static let distributions = Set(latencies.map { $0 + "Quantiles" })
    /// An object with more members than this was not written by any OMB.
    private static let mostMembers = 10_000

    init(_ stream: JSONStream) {
        self.stream = stream
        root = stream.mark
    }

    /// Reads the whole text.
    mutating func read() throws {
        guard try stream.next() == .beginObject else { throw DocumentError("not a JSON object", at: stream.mark) }
        root = stream.mark
        while case .key(let key) = try stream.next() {
            guard seen.insert(key).inserted else { throw DocumentError("\(key) comes twice", at: stream.mark) }
            guard seen.count <= Self.mostMembers else {
                throw DocumentError("more than \(Self.mostMembers) members", at: stream.mark)
            }
            try readValue(of: key)
        }
        // What ended the object was its brace; anything but the end after it is a fault of its own.
        _ = try stream.next()
    }

    private mutating func readValue(of key: String) throws {
        if let fold = Self.lists[key] {
            columns[key] = try column(key, fold)
        } else if Self.distributions.contains(key) {
            quantiles[key] = try points(key)
        } else if Self.scalars.contains(key) {
            let token = try stream.next()
            if token != .null { numbers[key] = try number(token, key) }
        } else if key == "workload" || key == "driver" {
            switch try stream.next() {
            case .string(let text): texts[key] = text
            case .null: break
            default: throw DocumentError("\(key) is no text", at: stream.mark)
            }
        } else {
            try stream.skipValue()
        }
    }

    private mutating func column(_ key: String, _ fold: PeriodColumn.Fold) throws -> PeriodColumn? {
        let first = try stream.next()
        if first == .null { return nil }
        guard first == .beginArray else { throw DocumentError("\(key) is no list", at: stream.mark) }
        var column = PeriodColumn(fold)
        while true {
            let token = try stream.next()
            if token == .endArray { break }
            column.append(try number(token, key))
        }
        column.finish()
        return column
    }

    private mutating func points(_ key: String) throws -> [BenchmarkResult.Quantile]? {
        let first = try stream.next()
        if first == .null { return nil }
        let mark = stream.mark
        guard first == .beginObject else { throw DocumentError("\(key) is no object", at: mark) }
        var points = QuantilePoints()
        while case .key(let name) = try stream.next() {
            // Java prints small doubles as "5.42E-5".
            guard let percentile = Scalar(name).double, (0...100).contains(percentile) else {
                throw DocumentError("\"\(name)\" is no percentile", at: stream.mark)
            }
            let value = try number(try stream.next(), key)
            points.append(BenchmarkResult.Quantile(percentile: percentile, valueMs: value))
        }
        guard let quantiles = points.finish() else {
            throw DocumentError("a percentile comes twice in \(key)", at: mark)
        }
        return quantiles
    }

    /// Jackson writes what is not a number as the text "NaN".
    private func number(_ token: JSONStream.Token, _ key: String) throws -> Double {
        guard case .number(let number) = token else {
            throw DocumentError("a value of \(key) is no number", at: stream.mark)
        }
        return number
    }

    // MARK: What was read

    func error(_ message: String) -> DocumentError { DocumentError(message, at: root) }

    func text(_ key: String) throws -> String {
        guard let text = texts[key] else { throw error("there is no \(key)") }
        return text
    }

    func number(_ key: String) -> Double? { numbers[key] }

    func column(_ key: String) throws -> PeriodColumn {
        guard let column = columns[key] else { throw error("there is no \(key)") }
        return column
    }

    func optionalColumn(_ key: String) -> PeriodColumn? { columns[key] }

    func optionalLatency(_ name: String, unitsPerMs: Double) throws -> BenchmarkResult.Latency? {
        numbers["aggregated\(name)LatencyAvg"] == nil ? nil : try latency(name, unitsPerMs: unitsPerMs)
    }

    func latency(_ name: String, unitsPerMs: Double) throws -> BenchmarkResult.Latency {
        let prefix = "aggregated\(name)Latency"
        func value(_ statistic: String) throws -> Double {
            guard let number = numbers[prefix + statistic] else { throw error("there is no \(prefix + statistic)") }
            return number / unitsPerMs
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
            quantiles: (quantiles[prefix + "Quantiles"] ?? []).map {
                BenchmarkResult.Quantile(percentile: $0.percentile, valueMs: $0.valueMs / unitsPerMs)
            }
        )
    }
}
