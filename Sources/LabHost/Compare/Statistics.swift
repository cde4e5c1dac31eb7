/// Order statistics of samples. All of them want finite numbers, and give nil for none.
enum Statistics {
    /// The mean.
    static func mean(_ values: some Collection<Double>) -> Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    /// The median; the mean of the middle two of an even number.
    static func median(_ values: some Collection<Double>) -> Double? { percentile(50, of: values.sorted()) }

    /// A percentile with linear interpolation between neighbours (Hyndman and Fan's type 7, as numpy has it).
    ///
    /// - Parameters:
    ///   - percentile: 0 to 100.
    ///   - sorted: The values in rising order.
    /// - Returns: The percentile.
    static func percentile(_ percentile: Double, of sorted: [Double]) -> Double? {
        guard let last = sorted.indices.last else { return nil }
        let position = min(max(percentile, 0), 100) / 100 * Double(last)
        let below = Int(position)
        guard below < last else { return sorted[last] }
        return sorted[below] + (sorted[below + 1] - sorted[below]) * (position - Double(below))
    }

    /// The ranks of values from 1 on; equal values share the mean of their ranks.
    ///
    /// - Returns: The ranks in the order of the values, and how many values there are of each that comes more than once.
    static func ranks(_ values: [Double]) -> (ranks: [Double], ties: [Int]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var ties: [Int] = []
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            // The mean of start + 1 … end.
            for index in start..<end { ranks[order[index]] = Double(start + 1 + end) / 2 }
            if end - start > 1 { ties.append(end - start) }
            start = end
        }
        return (ranks, ties)
    }
}
