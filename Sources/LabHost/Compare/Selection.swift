/// Percentiles near both ends of a sample, without sorting what is between them.
enum Selection {
    /// The percentile with a share below it, and the one with the same share above it.
    ///
    /// - Parameters:
    ///   - tail: The share in percent, from 0 to 50.
    ///   - values: Finite numbers.
    /// - Returns: See ``Statistics/percentile(_:of:)``; nil of no values.
    static func tails(_ tail: Double, of values: [Double]) -> (low: Double, high: Double)? {
        guard let low = lower(tail, of: values), let high = lower(tail, of: values.map { -$0 }) else { return nil }
        return (low, -high)
    }

    /// The sample has one value of so many.
    private static let stride = 16

    private static func lower(_ percentile: Double, of values: [Double]) -> Double? {
        let position = percentile / 100 * Double(values.count - 1)
        let wanted = Int(position) + 2
        let sample = Swift.stride(from: 0, to: values.count, by: stride).map { values[$0] }.sorted()
        // Nearly always, half as many more and a few are as many as are wanted.
        let rank = wanted * 3 / (2 * stride) + 3
        guard rank < sample.count else { return Statistics.percentile(percentile, of: values.sorted()) }
        let bound = sample[rank]
        let tail = values.filter { $0 <= bound }
        guard tail.count >= wanted else { return Statistics.percentile(percentile, of: values.sorted()) }
        let sorted = tail.sorted()
        let below = sorted[wanted - 2]
        return below + (sorted[wanted - 1] - below) * (position - Double(wanted - 2))
    }
}
