package import PluginAPI

#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// How a metric went over the experiments that measured the same cell.
package struct Trend: Sendable, Encodable {
    /// One experiment.
    package struct Point: Sendable, Hashable, Encodable {
        /// The experiment.
        package var experiment: String
        /// When the last of its repetitions ended.
        package var at: Date
        /// The median over its repetitions.
        package var value: Double
        /// How many there are.
        package var repetitions: Int
        /// Whether one of them is suspect.
        package var isSuspect: Bool
        /// Whether a new level begins here.
        package var isChange = false

        private enum CodingKeys: String, CodingKey {
            case experiment, at, value, repetitions
            case isSuspect = "is_suspect"
            case isChange = "is_change"
        }
    }

    /// One cell over time. Made-up numbers and measured ones are never in the same series.
    package struct Series: Sendable, Encodable {
        /// The plan's name, as the newest experiment has it.
        package var plan: String
        /// The cell's name, without the number of a repetition.
        package var cell: String
        /// Whether the numbers are made up.
        package var isSimulated: Bool
        /// The experiments, the oldest first.
        package var points: [Point]

        private enum CodingKeys: String, CodingKey {
            case plan, cell, points
            case isSimulated = "is_simulated"
        }

        /// The median of each level, with the indices of the points that are on it.
        package var levels: [(range: Range<Int>, median: Double)] {
            let starts = [0] + points.indices.filter { $0 > 0 && points[$0].isChange } + [points.count]
            return zip(starts, starts.dropFirst()).compactMap { start, end in
                Statistics.median(points[start..<end].map(\.value)).map { (start..<end, $0) }
            }
        }
    }

    /// The metric.
    package var metric: Metric
    /// The cells, by plan and name.
    package var series: [Series]

    private enum CodingKeys: CodingKey {
        case metric, unit, series
    }

    /// Writes the metric with its unit.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(metric.name, forKey: .metric)
        try container.encode(metric.unit, forKey: .unit)
        try container.encode(series, forKey: .series)
    }

    /// Follows a metric.
    ///
    /// - Parameters:
    ///   - metric: The metric.
    ///   - cells: The cells, in any order; invalid ones are left out.
    ///   - limit: The most points of a series, the newest.
    package init(of metric: Metric, in cells: [HistoryCell], limit: Int) {
        struct Key: Hashable {
            var name: String
            var content: String
            var isSimulated: Bool
        }
        let usable = cells.filter { $0.verdict != .invalid && $0.endedAt != nil && $0.value(metric) != nil }
        let groups = Dictionary(grouping: usable) {
            Key(name: $0.baseName, content: $0.key, isSimulated: $0.isSimulated)
        }
        self.metric = metric
        series = groups.values.compactMap { Self.series(of: $0, metric, limit) }
            .sorted { ($0.plan, $0.cell, $0.points.count) < ($1.plan, $1.cell, $1.points.count) }
    }

    private static func series(of cells: [HistoryCell], _ metric: Metric, _ limit: Int) -> Series? {
        let all = Dictionary(grouping: cells, by: \.experiment).compactMap { experiment, cells -> Point? in
            guard let at = cells.compactMap(\.endedAt).max(),
                let value = Statistics.median(cells.compactMap { $0.value(metric) })
            else { return nil }
            return Point(
                experiment: experiment,
                at: at,
                value: value,
                repetitions: cells.count,
                isSuspect: cells.contains { $0.verdict == .suspect }
            )
        }
        var points = Array(all.sorted { ($0.at, $0.experiment) < ($1.at, $1.experiment) }.suffix(limit))
        guard let newest = points.last, let cell = cells.first(where: { $0.experiment == newest.experiment }) else {
            return nil
        }
        for index in ChangePoints.find(in: points.map(\.value), seed: 1) { points[index].isChange = true }
        return Series(plan: cell.plan, cell: cell.baseName, isSimulated: cell.isSimulated, points: points)
    }
}
