#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The Mann–Whitney U test: whether values of one sample tend to be larger than those of another. No shape of their
/// distribution is assumed.
enum MannWhitney {
    /// Samples up to this size are counted exactly, when no two values are equal.
    static let exactSize = 8

    /// The two-sided test.
    ///
    /// - Parameters:
    ///   - first: One sample, not empty.
    ///   - second: The other, not empty.
    /// - Returns: U of the first sample, and the probability of one as far from its mean when there is no difference: exact
    ///   for small samples without ties, else by the normal approximation, corrected for ties and continuity. nil for an
    ///   empty sample.
    static func test(_ first: [Double], _ second: [Double]) -> (u: Double, p: Double)? {
        let (n, m) = (first.count, second.count)
        guard n > 0, m > 0 else { return nil }
        let (ranks, ties) = Statistics.ranks(first + second)
        let u = ranks.prefix(n).reduce(0, +) - Double(n * (n + 1)) / 2
        let larger = max(u, Double(n * m) - u)
        if ties.isEmpty, min(n, m) <= exactSize {
            return (u, min(1, 2 * exactTail(from: Int(larger), n, m)))
        }
        return (u, normalTail(larger, n, m, ties))
    }

    /// The probability of U or more, from the number of ways in which each U comes about.
    private static func exactTail(from u: Int, _ n: Int, _ m: Int) -> Double {
        // ways[i][k]: in how many ways i of the values drawn so far make U = k.
        var ways = [[Double]](repeating: [Double](repeating: 0, count: n * m + 1), count: n + 1)
        ways[0][0] = 1
        for rank in 0..<(n + m) {
            for taken in stride(from: min(n, rank + 1), through: 1, by: -1) {
                // The one taken is above `rank - (taken - 1)` values of the other sample.
                let gain = rank - (taken - 1)
                guard gain <= m, gain >= 0 else { continue }
                for k in stride(from: n * m, through: gain, by: -1) { ways[taken][k] += ways[taken - 1][k - gain] }
            }
        }
        let all = ways[n].reduce(0, +)
        return ways[n].dropFirst(u).reduce(0, +) / all
    }

    private static func normalTail(_ u: Double, _ n: Int, _ m: Int, _ ties: [Int]) -> Double {
        let (first, second) = (Double(n), Double(m))
        let all = first + second
        let tied = ties.reduce(0.0) { sum, count in
            let count = Double(count)
            return sum + (count * count * count - count)
        }
        let variance = first * second / 12 * ((all + 1) - tied / (all * (all - 1)))
        // All values are the same.
        guard variance > 0 else { return 1 }
        let z = (u - first * second / 2 - 0.5) / variance.squareRoot()
        return min(1, erfc(z / 2.0.squareRoot()))
    }
}
