import PluginAPI

/// The points of a distribution, in memory that does not grow with it.
///
/// OMB gives some thousands. Of more than the limit every second is left out, and never the highest: what is read of the
/// rest is the next higher point, which is never too low.
struct QuantilePoints {
    private var points: [BenchmarkResult.Quantile] = []
    private let limit: Int

    static let limit = 20_000

    init(limit: Int = limit) { self.limit = max(2, limit) }

    mutating func append(_ point: BenchmarkResult.Quantile) {
        points.append(point)
        if points.count >= limit * 2 { thin() }
    }

    /// The points by rising percentile; nil when a percentile comes twice.
    mutating func finish() -> [BenchmarkResult.Quantile]? {
        while points.count > limit { thin() }
        points.sort { $0.percentile < $1.percentile }
        let isRising = zip(points, points.dropFirst()).allSatisfy { $0.percentile < $1.percentile }
        return isRising ? points : nil
    }

    private mutating func thin() {
        points.sort { $0.percentile < $1.percentile }
        let last = points.count - 1
        points = points.indices.filter { (last - $0).isMultiple(of: 2) }.map { points[$0] }
    }
}
