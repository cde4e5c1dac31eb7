package import PluginAPI

/// What a cell's periods measured, metric by metric, small enough to keep for every cell of every experiment.
package struct CellSeries: Sendable, Hashable {
    /// The values in order of time; a metric that a period lacks is not there at all.
    package var values: [Metric: [Double]] = [:]

    /// The most values of a metric. Of a longer run neighbours are averaged.
    static let mostValues = 512

    /// Takes the series of a result.
    package init(_ result: BenchmarkResult?) {
        guard let periods = result?.periods, !periods.isEmpty else { return }
        for metric in Metric.allCases {
            let series = periods.compactMap { metric.value(in: $0) }
            // As it comes back from the history, so that what is compared does not depend on where it was read.
            if series.count == periods.count { values[metric] = Self.condensed(series).map { Double(Float($0)) } }
        }
    }

    private static func condensed(_ series: [Double]) -> [Double] {
        guard series.count > mostValues else { return series }
        let size = (series.count + mostValues - 1) / mostValues
        return stride(from: 0, to: series.count, by: size).map { start in
            let bin = series[start..<min(start + size, series.count)]
            return bin.reduce(0, +) / Double(bin.count)
        }
    }

    // MARK: As bytes

    /// A byte for the format, then for each metric its name (one byte of length before it), the number of values (two
    /// bytes) and the values as 32-bit floating-point numbers; all little-endian.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = [1]
        for (metric, series) in values.sorted(by: { $0.key.name < $1.key.name }) {
            let name = Array(metric.name.utf8)
            bytes.append(UInt8(name.count))
            bytes += name
            bytes += [UInt8(series.count & 0xff), UInt8(series.count >> 8)]
            for value in series {
                let bits = Float(value).bitPattern
                bytes += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) }
            }
        }
        return bytes
    }

    /// Reads ``encoded``; nil when it is something else. Metrics that this version does not know are left out.
    ///
    /// - Parameters:
    ///   - content: The bytes.
    ///   - wanted: The metrics to read; all when nil.
    package init?(decoding content: some Sequence<UInt8>, only wanted: Set<Metric>? = nil) {
        let bytes = Array(content)
        guard bytes.first == 1 else { return nil }
        var place = 1
        while place < bytes.count {
            let end = place + 1 + Int(bytes[place])
            guard end + 2 <= bytes.count else { return nil }
            let count = Int(bytes[end]) | Int(bytes[end + 1]) << 8
            let numbers = end + 2
            guard numbers + count * 4 <= bytes.count else { return nil }
            let metric = Metric(name: String(decoding: bytes[place + 1..<end], as: UTF8.self))
            place = numbers + count * 4
            guard let metric, wanted?.contains(metric) ?? true else { continue }
            values[metric] = (0..<count).map { index in
                let first = numbers + index * 4
                let (low, high) = (UInt32(bytes[first]) | UInt32(bytes[first + 1]) << 8, UInt32(bytes[first + 2]))
                return Double(Float(bitPattern: low | high << 16 | UInt32(bytes[first + 3]) << 24))
            }
        }
    }
}
