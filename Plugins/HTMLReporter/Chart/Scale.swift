#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where a value is along one side of a chart, and the round values that are marked there.
struct Scale: Sendable {
    /// The values at both ends.
    let low: Double
    let high: Double
    /// Whether equal distances are equal ratios.
    let isLogarithmic: Bool
    /// The values that are marked, rising.
    let ticks: [Double]
    /// The pixels at both ends.
    let start: Double
    let end: Double

    /// The pixel of a value; values beyond an end are at the end.
    func position(_ value: Double) -> Double {
        let (from, to, at) =
            isLogarithmic ? (log10(low), log10(high), log10(max(value, low))) : (low, high, value)
        guard to > from, at.isFinite else { return start }
        let share = min(max((at - from) / (to - from), 0), 1)
        return start + share * (end - start)
    }

    /// A scale in equal steps that covers the values, with round ends.
    ///
    /// - Parameters:
    ///   - values: What it covers; what is no number is left out.
    ///   - fromZero: Whether it begins at 0.
    ///   - count: About how many values are marked.
    ///   - start: The pixel of the low end.
    ///   - end: The pixel of the high end.
    /// - Returns: The scale.
    static func linear(
        _ values: some Sequence<Double>,
        fromZero: Bool = false,
        ticks count: Int = 4,
        from start: Double,
        to end: Double
    ) -> Scale {
        let values = values.filter(\.isFinite)
        let lowest = fromZero ? 0 : values.min() ?? 0
        let highest = max(values.max() ?? 1, lowest)
        let step = roundStep((highest - lowest) / Double(max(count, 1)))
        let low = (lowest / step).rounded(.down) * step
        let high = max((highest / step - 1e-9).rounded(.up) * step, low + step)
        let marks = Int(((high - low) / step).rounded())
        return Scale(
            low: low,
            high: high,
            isLogarithmic: false,
            ticks: (0...min(marks, 20)).map { low + Double($0) * step },
            start: start,
            end: end
        )
    }

    /// A scale in equal ratios that covers the values above 0, ending at 1, 2 or 5 times a power of ten.
    ///
    /// - Parameters:
    ///   - values: What it covers; what is not above 0 is left out.
    ///   - start: The pixel of the low end.
    ///   - end: The pixel of the high end.
    /// - Returns: The scale.
    static func logarithmic(_ values: some Sequence<Double>, from start: Double, to end: Double) -> Scale {
        let values = values.filter { $0.isFinite && $0 > 0 }
        let lowest = min(max(values.min() ?? 1, 1e-9), 1e12)
        let highest = min(max(values.max() ?? 10, lowest), 1e12)
        let marks = roundValues(from: lowest, to: highest)
        let first = marks.first ?? 1
        let last = marks.last ?? 10
        let decades = log10(last / first)
        // In a wide range the tens are enough, and in a very wide one every second or third of them.
        let shown =
            decades <= 2.1
            ? marks
            : marks.filter { mark in
                let power = log10(mark)
                let isTen = abs(power - power.rounded()) < 1e-9
                return isTen && (decades <= 6 || Int(power.rounded()).isMultiple(of: 2))
            }
        return Scale(low: first, high: last, isLogarithmic: true, ticks: shown, start: start, end: end)
    }

    /// A scale of how rare something is, from 1 in 1 to 1 in `rarest`, marked at every power of ten.
    static func nines(to rarest: Double, from start: Double, to end: Double) -> Scale {
        let decades = min(max(Int(log10(max(rarest, 10)).rounded(.up)), 1), 9)
        return Scale(
            low: 1,
            high: pow(10, Double(decades)),
            isLogarithmic: true,
            ticks: (0...decades).map { pow(10, Double($0)) },
            start: start,
            end: end
        )
    }

    /// The round values around a range: at least two.
    private static func roundValues(from lowest: Double, to highest: Double) -> [Double] {
        let power = Int(log10(lowest).rounded(.down))
        var marks: [Double] = []
        for exponent in power...(power + 24) {
            for factor in [1.0, 2, 5] {
                let value = factor * pow(10, Double(exponent))
                if value <= lowest * 1.000001 {
                    marks = [value]
                } else {
                    marks.append(value)
                    if value >= highest * 0.999999 { return marks }
                }
            }
        }
        return marks
    }

    /// 1, 2 or 5 times a power of ten, about as large as wanted.
    private static func roundStep(_ wanted: Double) -> Double {
        guard wanted.isFinite, wanted > 0 else { return 1 }
        let power = pow(10, log10(wanted).rounded(.down))
        let factor = wanted / power
        return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10)
    }
}
