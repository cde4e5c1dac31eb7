/// Means of series in time, each of blocks that were drawn with replacement.
///
/// Where blocks begin depends on the length of a series alone. It is drawn once for all series of the same length, so that of
/// thousands of cells each costs no more than adding up.
struct BlockDraws {
    /// What drawing begins with.
    let seed: UInt64

    private struct Shape: Hashable {
        var count: Int
        /// Which series of a comparison it is: each is drawn from independently of the others.
        var place: Int
    }
    /// For each block after the other, where it begins in each draw.
    private var starts: [Shape: [UInt32]] = [:]

    /// Lengths that differ from cell to cell need no more memory than this many.
    private static let mostShapes = 16

    /// Draws nothing yet.
    init(seed: UInt64) { self.seed = seed }

    /// The mean over all series of each draw.
    ///
    /// - Parameters:
    ///   - series: The series, none of them empty.
    ///   - place: The number of series that were drawn from before, in the same comparison.
    /// - Returns: As many as ``Bootstrap/draws``.
    mutating func means(of series: [[Double]], after place: Int) -> [Double] {
        var totals = [Double](repeating: 0, count: Bootstrap.draws)
        for (index, values) in series.enumerated() { add(values, place + index, to: &totals) }
        let count = Double(series.reduce(0) { $0 + $1.count })
        for index in totals.indices { totals[index] /= count }
        return totals
    }

    private mutating func add(_ values: [Double], _ place: Int, to totals: inout [Double]) {
        let length = Bootstrap.blockLength(values.count)
        let starts = starts(of: Shape(count: values.count, place: place), length)
        // The last block is cut to fit.
        for (block, left) in stride(from: values.count, to: 0, by: -length).enumerated() {
            let sums = Self.sums(of: values, min(length, left), starts: values.count - length + 1)
            let first = block * Bootstrap.draws
            for draw in totals.indices { totals[draw] += sums[Int(starts[first + draw])] }
        }
    }

    /// The sum of a block by where it begins.
    private static func sums(of values: [Double], _ length: Int, starts: Int) -> [Double] {
        (0..<starts).map { start in
            var sum = 0.0
            for index in start..<start + length { sum += values[index] }
            return sum
        }
    }

    private mutating func starts(of shape: Shape, _ length: Int) -> [UInt32] {
        if let known = starts[shape] { return known }
        if starts.count >= Self.mostShapes { starts.removeAll() }
        var seeds = SplitMix64(seed: seed)
        for _ in 0..<shape.place { _ = seeds.next() }
        var generator = SplitMix64(seed: seeds.next())
        let blocks = (shape.count + length - 1) / length
        let drawn = (0..<blocks * Bootstrap.draws).map { _ in
            UInt32(generator.index(below: shape.count - length + 1))
        }
        starts[shape] = drawn
        return drawn
    }
}
