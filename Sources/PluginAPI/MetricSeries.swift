#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// One metric of one host over time, at equal steps.
public struct MetricSeries: Sendable, Hashable, Codable {
    /// The most values of a series: more than a chart can show.
    public static let mostValues = 2_000

    /// The host's name.
    public var host: String
    /// What was measured: `cpu`, `disk_write`, `bookie_journal_JOURNAL_QUEUE_SIZE`.
    public var name: String
    /// The unit, as values are shown with it: `%`, `B/s`, `1` for a plain number.
    public var unit: String
    /// The beginning of the first step.
    public var start: Date
    /// The length of a step in seconds, above 0.
    public var stepSeconds: Double
    /// The mean of each step; nil where nothing is known.
    public var values: [Double?]

    /// Makes a series.
    public init(host: String, name: String, unit: String, start: Date, stepSeconds: Double, values: [Double?]) {
        self.host = host
        self.name = name
        self.unit = unit
        self.start = start
        self.stepSeconds = stepSeconds
        self.values = values
    }

    /// Makes a series of values at any times; nil when there is none that is a number.
    ///
    /// - Parameters:
    ///   - host: The host's name.
    ///   - name: What was measured.
    ///   - unit: The unit.
    ///   - points: Seconds since 1970 and values, in any order. What is no finite number is not known.
    ///   - stepSeconds: The length of a step; longer where there would be more than ``mostValues``.
    public init?(
        host: String,
        name: String,
        unit: String,
        points: [(time: Double, value: Double)],
        stepSeconds: Double
    ) {
        let known = points.filter { $0.time.isFinite && $0.value.isFinite }
        guard let first = known.map(\.time).min(), let last = known.map(\.time).max() else { return nil }
        let step = max(stepSeconds, (last - first) / Double(Self.mostValues - 1), 0.001)
        var sums: [(sum: Double, count: Int)] = Array(repeating: (0, 0), count: Int((last - first) / step) + 1)
        for point in known {
            let index = min(Int((point.time - first) / step), sums.count - 1)
            sums[index].sum += point.value
            sums[index].count += 1
        }
        self.init(
            host: host,
            name: name,
            unit: unit,
            start: Date(timeIntervalSince1970: first),
            stepSeconds: step,
            values: sums.map { $0.count == 0 ? nil : $0.sum / Double($0.count) }
        )
    }

    /// The series in at most so many steps, each the mean of what is known of it.
    public func downsampled(to limit: Int) -> MetricSeries {
        guard limit > 0, values.count > limit else { return self }
        let size = (values.count + limit - 1) / limit
        var series = self
        series.stepSeconds = stepSeconds * Double(size)
        series.values = stride(from: 0, to: values.count, by: size).map { start in
            let known = values[start..<min(start + size, values.count)].compactMap(\.self)
            return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
        }
        return series
    }
}
