#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The result of a simulated run: the very JSON that OMB writes.
struct SimulatedReport {
    /// Milliseconds over the whole run.
    let publishLatency: Distribution
    /// Microseconds over the whole run.
    let publishDelay: Distribution
    private let endToEndLatency: Distribution
    private let periods: [SimulatedPeriod]

    /// Sums up the measured periods.
    init(of periods: [SimulatedPeriod]) {
        self.periods = periods
        publishLatency = Distribution(periods.flatMap(\.publishLatencies))
        publishDelay = Distribution(periods.flatMap(\.publishDelays))
        endToEndLatency = Distribution(periods.flatMap(\.endToEndLatencies))
    }

    /// The file's content.
    func json(workload: SimulatedWorkload, driver: String) -> [UInt8]? {
        var fields: [String: Value] = [
            "workload": .text(workload.name),
            "driver": .text(driver),
            "messageSize": .integer(workload.messageSize),
            "topics": .integer(workload.topics),
            "partitions": .integer(workload.partitionsPerTopic),
            "producersPerTopic": .integer(workload.producersPerTopic),
            "consumersPerTopic": .integer(workload.subscriptionsPerTopic * workload.consumerPerSubscription),
            "publishRate": .list(periods.map { .number($0.publishRate) }),
            "publishErrorRate": .list(periods.map { _ in .number(0) }),
            "consumeRate": .list(periods.map { .number($0.consumeRate) }),
            "backlog": .list(periods.map { .integer($0.backlog) }),
        ]
        add("publishLatency", "PublishLatency", publishLatency, \.publishLatencies, to: &fields)
        add("publishDelayLatency", "PublishDelayLatency", publishDelay, \.publishDelays, to: &fields)
        add("endToEndLatency", "EndToEndLatency", endToEndLatency, \.endToEndLatencies, to: &fields)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(fields)).map { Array($0) }
    }

    private func add(
        _ series: String,
        _ aggregated: String,
        _ distribution: Distribution,
        _ samples: KeyPath<SimulatedPeriod, [Double]>,
        to fields: inout [String: Value]
    ) {
        let each = periods.map { Distribution($0[keyPath: samples]).statistics }
        for (index, statistic) in distribution.statistics.enumerated() {
            fields[series + statistic.name] = .list(each.map { .number($0[index].value) })
            fields["aggregated" + aggregated + statistic.name] = .number(statistic.value)
        }
        let quantiles = distribution.quantiles.map { (Self.javaText($0.percentile), Value.number($0.value)) }
        fields["aggregated" + aggregated + "Quantiles"] = .map(Dictionary(quantiles) { _, last in last })
    }

    /// A double as Java prints it: `100.0`, and `5.0E-4` where Swift has `0.0005`.
    private static func javaText(_ value: Double) -> String {
        guard value > 0, value < 1e-3 else { return "\(value)" }
        var (mantissa, exponent) = (value, 0)
        while mantissa < 1 {
            mantissa *= 10
            exponent -= 1
        }
        return "\(mantissa)E\(exponent)"
    }

    /// A JSON value.
    private enum Value: Encodable {
        case text(String)
        case integer(Int)
        case number(Double)
        case list([Value])
        case map([String: Value])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let value): try container.encode(value)
            case .integer(let value): try container.encode(value)
            case .number(let value): try container.encode(value)
            case .list(let value): try container.encode(value)
            case .map(let value): try container.encode(value)
            }
        }
    }
}
