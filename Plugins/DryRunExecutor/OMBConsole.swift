/// The lines of OMB's console that carry numbers, in its format.
enum OMBConsole {
    /// The line printed at the end of a period.
    static func line(for period: SimulatedPeriod, messageSize: Int) -> String {
        let latency = Distribution(period.publishLatencies)
        let delay = Distribution(period.publishDelays)
        func mebibytes(_ rate: Double) -> String { padded(rate * Double(messageSize) / 1_048_576, 4) }
        let sections = [
            "Pub rate \(padded(period.publishRate, 7)) msg/s / \(mebibytes(period.publishRate)) MB/s",
            "Pub err \(padded(0, 7)) err/s",
            "Cons rate \(padded(period.consumeRate, 7)) msg/s / \(mebibytes(period.consumeRate)) MB/s",
            "Backlog: \(padded(Double(period.backlog) / 1000, 4)) K",
            "Pub Latency (ms) \(statistics(latency))",
            "Pub Delay Latency (us) \(statistics(delay))",
        ]
        return sections.joined(separator: " | ")
    }

    /// The line printed at the end of the run.
    static func aggregatedLine(for report: SimulatedReport) -> String {
        let latency = statistics(report.publishLatency, isWhole: true)
        return "----- Aggregated Pub Latency (ms) \(latency) | Pub Delay (us)  "
            + statistics(report.publishDelay, isWhole: true)
    }

    private static func statistics(_ distribution: Distribution, isWhole: Bool = false) -> String {
        let percentiles: [(String, Double)] =
            isWhole
            ? [("50%", 50), ("95%", 95), ("99%", 99), ("99.9%", 99.9), ("99.99%", 99.99)]
            : [("50%", 50), ("99%", 99), ("99.9%", 99.9)]
        var parts = ["avg: \(padded(distribution.mean, 4))"]
        parts += percentiles.map { "\($0.0): \(padded(distribution.percentile($0.1), 4))" }
        parts.append("Max: \(padded(distribution.percentile(100), 4))")
        return parts.joined(separator: " - ")
    }

    /// One decimal, padded with spaces to a width.
    private static func padded(_ value: Double, _ width: Int) -> String {
        let tenths = Int((value * 10).rounded())
        let text = "\(tenths / 10).\(tenths % 10)"
        return String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
