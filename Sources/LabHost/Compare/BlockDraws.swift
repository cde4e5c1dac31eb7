/// Means of series in time, each of blocks that were drawn with replacement.
///
/// Where blocks begin depends on the length of a series alone. It is drawn once for all series of the same length, so that of
/// thousands of cells each costs no more than adding up, and four metrics of a cell are added up at a time.
struct BlockDraws {
    /// Four numbers, of a metric each.
    typealias Lanes = SIMD4<Double>

    /// What drawing begins with.
    let seed: UInt64

    private struct Shape: Hashable {
        var count: Int
        /// Which series of a comparison it is: each is drawn from independently of the others.
        var place: Int
    }
    /// For each draw after the other, where its blocks begin.
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
    mutating func means(of series: [[Lanes]], after place: Int) -> [Lanes] {
        var totals = [Lanes](repeating: .zero, count: Bootstrap.draws)
        for (index, values) in series.enumerated() { add(values, place + index, to: &totals) }
        let count = Double(series.reduce(0) { $0 + $1.count })
        for index in totals.indices { totals[index] /= count }
        return totals
    }

    private mutating func add(_ values: [Lanes], _ place: Int, to totals: inout [Lanes]) {
        let length = Bootstrap.blockLength(values.count)
        let blocks = (values.count + length - 1) / length
        let starts = starts(of: Shape(count: values.count, place: place), length, blocks)
        let places = values.count - length + 1
        let whole = Self.sums(of: values, length, starts: places)
        // The last block is cut to fit.
        let last = Self.sums(of: values, values.count - (blocks - 1) * length, starts: places)
        var next = 0
        for draw in totals.indices {
            var total = totals[draw]
            for block in next..<next + blocks - 1 { total += whole[Int(starts[block])] }
            totals[draw] = total + last[Int(starts[next + blocks - 1])]
            next += blocks
        }
    }

    /// The sum of a block by where it begins.
    private static func sums(of values: [Lanes], _ length: Int, starts: Int) -> [Lanes] {
        (0..<starts).map { start in
            var sum = Lanes.zero
            for index in start..<start + length { sum += values[index] }
            return sum
        }
    }

    private mutating func starts(of shape: Shape, _ length: Int, _ blocks: Int) -> [UInt32] {
        if let known = starts[shape] { return known }
        if starts.count >= Self.mostShapes { starts.removeAll() }
        var seeds = SplitMix64(seed: seed)
        for _ in 0..<shape.place { _ = seeds.next() }
        var generator = SplitMix64(seed: seeds.next())
        var drawn = [UInt32](repeating: 0, count: blocks * Bootstrap.draws)
        for block in 0..<blocks {
            for draw in 0..<Bootstrap.draws {
                drawn[draw * blocks + block] = UInt32(generator.index(below: shape.count - length + 1))
            }
        }
        starts[shape] = drawn
        return drawn
    }
}
