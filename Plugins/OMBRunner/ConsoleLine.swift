/// What one line of OMB's console says.
///
/// Lines look like `HH:mm:ss.SSS [thread] LEVEL class - message`; stack traces follow the line that they explain,
/// without that beginning.
enum ConsoleLine: Equatable {
    /// The workload begins.
    case workload
    /// Topics, consumers and producers are there; traffic may begin.
    case ready
    /// Traffic begins that is not measured.
    case warmup
    /// Traffic begins that is measured.
    case measuring
    /// A period of about 10 s ended.
    case period(PeriodLine)
    /// All periods are over.
    case aggregated
    /// The result is about to be written, which does not say that it was.
    case writing
    /// The workload failed; the process may well go on, or exit with 0.
    case failed(String)
    /// Any other line of level ERROR, and what the JVM itself prints on an uncaught exception.
    case error(String)
    /// A line that begins like a log line and says none of the above.
    case other
    /// A line that belongs to the one before: a stack trace, or a value that spans lines.
    case continuation(String)

    /// Reads a line.
    init(_ line: Substring) {
        guard let header = LogHeader(line) else {
            self = line.hasPrefix("Exception in thread") ? .error(String(line)) : .continuation(String(line))
            return
        }
        let message = header.message
        switch header.origin {
        case "Benchmark" where message.hasPrefix("--------------- WORKLOAD : "): self = .workload
        case "Benchmark" where message.hasPrefix("Writing test result into "): self = .writing
        case "Benchmark" where header.level == "ERROR" && message.hasPrefix("Failed to run"):
            self = .failed(String(message))
        case "WorkloadGenerator" where message == "All consumers are ready": self = .ready
        case "WorkloadGenerator" where message.hasPrefix("----- Starting warm-up traffic"): self = .warmup
        case "WorkloadGenerator" where message.hasPrefix("----- Starting benchmark traffic"): self = .measuring
        case "WorkloadGenerator" where message.hasPrefix("----- Aggregated Pub Latency"): self = .aggregated
        case "WorkloadGenerator" where message.hasPrefix("Pub rate"):
            self = PeriodLine(message).map(ConsoleLine.period) ?? .other
        default: self = header.level == "ERROR" ? .error(String(message)) : .other
        }
    }
}

/// The beginning of a log line, and what is left of it.
private struct LogHeader {
    var level: Substring
    var origin: Substring
    var message: Substring

    init?(_ line: Substring) {
        // A cheap test first: a log may hold millions of lines of stack traces.
        let bytes = line.utf8
        guard bytes.count > 20, bytes.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true,
            let threadEnd = line.firstRange(of: "] "), let dash = line[threadEnd.upperBound...].firstRange(of: " - ")
        else { return nil }
        let words = line[threadEnd.upperBound..<dash.lowerBound].split(separator: " ")
        guard words.count == 2 else { return nil }
        level = words[0]
        origin = words[1]
        message = line[dash.upperBound...]
    }
}

/// The numbers of one period, as printed.
struct PeriodLine: Equatable {
    /// When it was printed, in seconds since the workload began; nil where the console shows no times.
    var offsetSeconds: Double?
    /// Messages acknowledged a second.
    var publishRate: Double
    /// Messages consumed a second.
    var consumeRate: Double
    /// Failed sends a second; nil from an OMB that does not print it.
    var publishErrorRate: Double?
    /// Messages not yet consumed, to the nearest hundred.
    var backlog: Double
    /// 99th percentile of publish latency.
    var publishP99Ms: Double
    /// 99th percentile of publish delay; nil from an OMB that does not measure it.
    var publishDelayP99Ms: Double?

    /// Reads the message of a period's line; nil when it is not one.
    init?(_ message: Substring) {
        var fields: [Substring: Substring] = [:]
        for section in message.split(separator: "|") {
            let section = section.trimmed
            guard let title = Self.titles.first(where: { section.hasPrefix($0) }) else { continue }
            fields[title] = section.dropFirst(title.count)
        }
        guard let publishRate = fields["Pub rate"]?.firstNumber,
            let consumeRate = fields["Cons rate"]?.firstNumber,
            let backlog = fields["Backlog:"]?.firstNumber,
            let latency = fields["Pub Latency (ms)"]?.percentile("99%:")
        else { return nil }
        self.publishRate = publishRate
        self.consumeRate = consumeRate
        self.backlog = backlog * 1000  // printed in thousands
        publishErrorRate = fields["Pub err"]?.firstNumber
        publishP99Ms = latency
        publishDelayP99Ms = fields["Pub Delay Latency (us)"]?.percentile("99%:").map { $0 / 1000 }
    }

    private static let titles: [Substring] = [
        "Pub rate", "Pub err", "Cons rate", "Backlog:", "Pub Latency (ms)", "Pub Delay Latency (us)",
    ]
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// The number that the text begins with.
    fileprivate var firstNumber: Double? {
        trimmed.split(separator: " ", maxSplits: 1).first.flatMap { Double($0) }
    }

    /// The number after a label such as `99%:`, which is not the end of `99.9%:`.
    fileprivate func percentile(_ label: String) -> Double? {
        firstRange(of: " " + label).flatMap { self[$0.upperBound...].firstNumber }
    }
}
