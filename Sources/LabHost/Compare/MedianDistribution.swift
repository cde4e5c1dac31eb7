#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The medians of all samples that can be drawn with replacement from a small sample, each with its probability.
///
/// Of few repetitions every draw can be accounted for: nothing is left to chance, and nothing has to be drawn.
struct MedianDistribution {
    /// Samples up to this size are worked out.
    static let mostValues = 10

    /// The medians, in no order.
    let points: [(value: Double, probability: Double)]

    /// Works out a sample of 1 to ``mostValues`` values.
    init(of sample: [Double]) {
        let sorted = sample.sorted()
        points = Self.weights[sorted.count].map { ((sorted[$0.low] + sorted[$0.high]) / 2, $0.probability) }
    }

    private typealias Weight = (low: Int, high: Int, probability: Double)

    /// How probable it is that a median is the mean of two values, by the size of the sample and their places in it.
    private static let weights: [[Weight]] = (0...mostValues).map { count in
        count.isMultiple(of: 2)
            ? even(count)
            : (0..<count).map { ($0, $0, order((count + 1) / 2, is: $0, of: count)) }
    }

    /// The probability that the `rank`-th smallest of `count` draws is the value at an index.
    private static func order(_ rank: Int, is index: Int, of count: Int) -> Double {
        atMost(index + 1, rank, count) - atMost(index, rank, count)
    }

    /// The probability that at least `rank` of `count` draws are among the smallest `values`.
    private static func atMost(_ values: Int, _ rank: Int, _ count: Int) -> Double {
        let share = Double(values) / Double(count)
        return (rank...count).reduce(0) { sum, drawn in
            sum + choose(count, drawn) * pow(share, Double(drawn)) * pow(1 - share, Double(count - drawn))
        }
    }

    /// The median of an even number is the mean of the two in the middle.
    private static func even(_ count: Int) -> [Weight] {
        let half = count / 2
        var weights: [Weight] = []
        for low in 0..<count {
            var apart = 0.0
            for high in low + 1..<max(count, low + 1) {
                // Half the draws end at one value, and the other half begins at the other.
                let below = power(low + 1, half, count) - power(low, half, count)
                let above = power(count - high, half, count) - power(count - high - 1, half, count)
                let probability = choose(count, half) * below * above
                weights.append((low, high, probability))
                apart += probability
            }
            weights.append((low, low, max(0, order(half, is: low, of: count) - apart)))
        }
        return weights
    }

    private static func power(_ values: Int, _ exponent: Int, _ count: Int) -> Double {
        pow(Double(values) / Double(count), Double(exponent))
    }

    private static func choose(_ count: Int, _ chosen: Int) -> Double {
        (0..<min(chosen, count - chosen)).reduce(1) { $0 * Double(count - $1) / Double($1 + 1) }
    }
}
