import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The JSON that OMB writes at the end of a run (its `TestResult`).
///
/// Two generations are read: those before 2022 have no publish delay, no error rate and no message size. Latencies are
/// milliseconds, except for the publish delay, which OMB writes in microseconds.
struct OMBResult {
    private let fields: Fields

    /// Reads the JSON.
    ///
    /// - Throws: ``LabError`` that says where it stops making sense.
    init(_ content: [UInt8]) throws {
        do {
            fields = try JSONDecoder().decode(Fields.self, from: Data(content))
        } catch {
            throw LabError(.benchmark, "OMB's result cannot be read", cause: Self.explanation(of: error))
        }
    }

    /// The result in LabHost's terms.
    ///
    /// - Returns: Nil when it holds no period at all: then nothing was measured.
    var benchmarkResult: BenchmarkResult? {
        guard let publishRate = fields.publishRate.mean, let consumeRate = fields.consumeRate.mean else { return nil }
        return BenchmarkResult(
            workload: fields.workload,
            driver: fields.driver,
            messageSizeBytes: fields.messageSize,
            publishRate: publishRate,
            consumeRate: consumeRate,
            publishErrorRate: fields.publishErrorRate?.mean,
            finalBacklog: fields.backlog.last.flatMap { Int(exactly: $0.rounded()) },
            publishLatency: fields.publishLatency,
            publishDelay: fields.publishDelay,
            endToEndLatency: fields.endToEndLatency,
            periods: periods
        )
    }

    private var periods: [BenchmarkResult.Period] {
        fields.publishRate.indices.map { index in
            BenchmarkResult.Period(
                publishRate: fields.publishRate[index],
                consumeRate: fields.consumeRate.at(index) ?? 0,
                publishErrorRate: fields.publishErrorRate?.at(index),
                backlog: fields.backlog.at(index).flatMap { Int(exactly: $0.rounded()) },
                publishP50Ms: fields.publishLatency50pct?.at(index),
                publishP99Ms: fields.publishLatency99pct?.at(index),
                publishDelayP99Ms: fields.publishDelayLatency99pct?.at(index).map { $0 / 1000 },
                endToEndP99Ms: fields.endToEndLatency99pct?.at(index)
            )
        }
    }

    private static func explanation(of error: any Error) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined()
            return path.isEmpty ? context.debugDescription : "\(path.drop { $0 == "." }): \(context.debugDescription)"
        }
        switch error {
        case DecodingError.dataCorrupted(let context): return place(context)
        case DecodingError.typeMismatch(_, let context): return place(context)
        case DecodingError.valueNotFound(_, let context): return place(context)
        case DecodingError.keyNotFound(let key, _): return "it has no \(key.stringValue)"
        default: return String(describing: error)
        }
    }
}

/// The fields of the JSON that LabHost uses.
private struct Fields: Decodable {
    var workload: String
    var driver: String
    var messageSize: Int?
    var publishRate: [Double]
    var consumeRate: [Double]
    var publishErrorRate: [Double]?
    var backlog: [Double]
    var publishLatency50pct: [Double]?
    var publishLatency99pct: [Double]?
    var publishDelayLatency99pct: [Double]?
    var endToEndLatency99pct: [Double]?
    var publishLatency: BenchmarkResult.Latency
    var publishDelay: BenchmarkResult.Latency?
    var endToEndLatency: BenchmarkResult.Latency?

    init(from decoder: any Decoder) throws {
        let json = try decoder.container(keyedBy: Name.self)
        workload = try json.decode(String.self, forKey: "workload")
        driver = try json.decode(String.self, forKey: "driver")
        messageSize = try json.decodeIfPresent(Int.self, forKey: "messageSize")
        publishRate = try json.decode([Double].self, forKey: "publishRate")
        consumeRate = try json.decode([Double].self, forKey: "consumeRate")
        publishErrorRate = try json.decodeIfPresent([Double].self, forKey: "publishErrorRate")
        backlog = try json.decode([Double].self, forKey: "backlog")
        publishLatency50pct = try json.decodeIfPresent([Double].self, forKey: "publishLatency50pct")
        publishLatency99pct = try json.decodeIfPresent([Double].self, forKey: "publishLatency99pct")
        publishDelayLatency99pct = try json.decodeIfPresent([Double].self, forKey: "publishDelayLatency99pct")
        endToEndLatency99pct = try json.decodeIfPresent([Double].self, forKey: "endToEndLatency99pct")
        publishLatency = try Self.latency("Publish", in: json, unitsPerMs: 1)
        publishDelay = try Self.optionalLatency("PublishDelay", in: json, unitsPerMs: 1000)
        endToEndLatency = try Self.optionalLatency("EndToEnd", in: json, unitsPerMs: 1)
    }

    private static func optionalLatency(
        _ name: String,
        in json: KeyedDecodingContainer<Name>,
        unitsPerMs: Double
    ) throws -> BenchmarkResult.Latency? {
        guard json.contains("aggregated\(name)LatencyAvg") else { return nil }
        return try latency(name, in: json, unitsPerMs: unitsPerMs)
    }

    private static func latency(
        _ name: String,
        in json: KeyedDecodingContainer<Name>,
        unitsPerMs: Double
    ) throws -> BenchmarkResult.Latency {
        func value(_ statistic: String) throws -> Double {
            try json.decode(Double.self, forKey: "aggregated\(name)Latency\(statistic)") / unitsPerMs
        }
        let key: Name = "aggregated\(name)LatencyQuantiles"
        let quantiles = try json.decodeIfPresent([String: Double].self, forKey: key) ?? [:]
        return BenchmarkResult.Latency(
            meanMs: try value("Avg"),
            p50Ms: try value("50pct"),
            p75Ms: try value("75pct"),
            p95Ms: try value("95pct"),
            p99Ms: try value("99pct"),
            p999Ms: try value("999pct"),
            p9999Ms: try value("9999pct"),
            maxMs: try value("Max"),
            quantiles: try quantiles.map { percentile, value in
                // Java prints small doubles as "5.42E-5".
                guard let percentile = Double(percentile), (0...100).contains(percentile) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: key,
                        in: json,
                        debugDescription: "\"\(percentile)\" is no percentile"
                    )
                }
                return BenchmarkResult.Quantile(percentile: percentile, valueMs: value / unitsPerMs)
            }.sorted { $0.percentile < $1.percentile }
        )
    }
}

/// A key made at run time: OMB's names are regular, so they are composed and not listed.
private struct Name: CodingKey, ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringLiteral value: String) { stringValue = value }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
}

extension [Double] {
    fileprivate var mean: Double? { isEmpty ? nil : reduce(0, +) / Double(count) }
    fileprivate func at(_ index: Int) -> Double? { indices.contains(index) ? self[index] : nil }
}
