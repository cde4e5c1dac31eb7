/// Cuts a console, given in pieces of any size, into lines, and keeps what OMB said went wrong.
struct ConsoleReader {
    /// What OMB said went wrong, in order, each once: its ERROR line, then the exception's first line.
    private(set) var complaints: [String] = []
    /// The last line that said anything; the only clue when a process ends before OMB itself begins.
    private(set) var lastWords: String?
    /// How many bytes of the log were left out on the client; nil when it is whole.
    private(set) var omittedBytes: Int?

    private var rest = ""
    private var clock = ConsoleClock()
    private var awaitsException = false

    /// No line that says anything is longer; a log without line ends must not fill the memory.
    private static let longestLine = 16_384
    private static let mostComplaints = 3

    /// Takes the next piece of the console.
    ///
    /// - Returns: What the lines say that it completes.
    mutating func read(_ text: String) -> [ConsoleLine] {
        // On bytes: splitting a String by Character, or at a "\r\n", is slow and not what a log means by a line.
        rest += text
        var lines: [ConsoleLine] = []
        var start = rest.utf8.startIndex
        while let end = rest.utf8[start...].firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(take(rest[start..<end]))
            start = rest.utf8.index(after: end)
        }
        rest = String(rest[start...])
        if rest.utf8.count > Self.longestLine { rest = String(rest.prefix(Self.longestLine)) }
        return lines
    }

    /// Takes what is left when the console has ended without a line end.
    mutating func finish() -> [ConsoleLine] {
        defer { rest = "" }
        return rest.isEmpty ? [] : [take(rest[...])]
    }

    private mutating func take(_ text: Substring) -> ConsoleLine {
        let text = text.last == "\r" ? text.dropLast() : text
        var line = ConsoleLine(text)
        if case .continuation = line, text.hasPrefix(ConsoleFilter.marker) {
            omittedBytes = (omittedBytes ?? 0) + (Int(text.dropFirst(ConsoleFilter.marker.count).dropLast()) ?? 0)
            return .other
        }
        if !text.allSatisfy(\.isWhitespace) { lastWords = String(text.prefix(500)) }
        switch line {
        case .workload: _ = clock.offset(of: text)
        case .period(var period):
            period.offsetSeconds = clock.offset(of: text)
            line = .period(period)
        case .failed(let message), .error(let message):
            awaitsException = true
            complain(message)
            return line
        case .continuation(let text):
            if awaitsException, !text.isEmpty, !text.hasPrefix("\t") { finishComplaint(text) }
        case .ready, .warmup, .measuring, .aggregated, .writing, .other: break
        }
        awaitsException = false
        return line
    }

    private mutating func complain(_ message: String) {
        guard complaints.count < Self.mostComplaints else { return awaitsException = false }
        complaints.append(String(message.prefix(500)))
    }

    private mutating func finishComplaint(_ exception: String) {
        guard let message = complaints.popLast() else { return }
        let whole = "\(message): \(exception.prefix(500))"
        if !complaints.contains(whole) { complaints.append(whole) }
    }
}
