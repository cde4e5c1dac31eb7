/// Latencies of one kind, as OMB's histograms give them.
struct Distribution {
    private let sorted: [Double]

    /// Takes samples.
    init(_ samples: [Double]) { sorted = samples.sorted() }

    /// The statistics in OMB's order, each with the end of its name in the result.
    var statistics: [(name: String, value: Double)] {
        [
            ("Avg", mean), ("50pct", percentile(50)), ("75pct", percentile(75)), ("95pct", percentile(95)),
            ("99pct", percentile(99)), ("999pct", percentile(99.9)), ("9999pct", percentile(99.99)),
            ("Max", sorted.last ?? 0),
        ]
    }

    var mean: Double { sorted.isEmpty ? 0 : sorted.reduce(0, +) / Double(sorted.count) }

    func percentile(_ percentile: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        let rank = (percentile / 100 * Double(sorted.count)).rounded(.up)
        return sorted[min(max(Int(rank), 1), sorted.count) - 1]
    }

    /// The whole distribution as OMB writes it: the share of samples up to each of about 200 values.
    var quantiles: [(percentile: Double, value: Double)] {
        guard let last = sorted.last else { return [] }
        var points: [(Double, Double)] = []
        let step = max(sorted.count / 200, 1)
        for index in stride(from: 0, to: sorted.count - 1, by: step) {
            points.append((Double(index + 1) / Double(sorted.count) * 100, sorted[index]))
        }
        return points + [(100, last)]
    }
}
