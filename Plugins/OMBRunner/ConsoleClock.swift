/// Tells how long after its first line something was printed, by the console's own times of day.
struct ConsoleClock {
    private var origin: Double?
    private var last = 0.0
    private var days = 0.0

    private static let day = 86_400.0

    /// The seconds since the first line that was asked about; nil for a line without a time.
    mutating func offset(of line: Substring) -> Double? {
        guard let time = Self.secondsOfDay(line) else { return nil }
        // A step back of hours is midnight; a small one is a clock that was set, or threads that overtook each other.
        if time < last - Self.day / 2 { days += 1 }
        last = time
        let start = origin ?? time
        origin = start
        // As exact as the console is; the difference of two doubles is not.
        return ((days * Self.day + time - start) * 1000).rounded() / 1000
    }

    /// The time that a line begins with, `HH:mm:ss.SSS`.
    private static func secondsOfDay(_ line: Substring) -> Double? {
        let stamp = Array(line.utf8.prefix(13))
        guard stamp.count == 13, stamp[2] == UInt8(ascii: ":"), stamp[5] == UInt8(ascii: ":"),
            stamp[8] == UInt8(ascii: "."), stamp[12] == UInt8(ascii: " ")
        else { return nil }
        func number(_ range: Range<Int>) -> Double? {
            stamp[range].reduce(Double?.some(0)) { value, digit in
                guard let value, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                return value * 10 + Double(digit - UInt8(ascii: "0"))
            }
        }
        guard let hours = number(0..<2), let minutes = number(3..<5), let seconds = number(6..<8),
            let milliseconds = number(9..<12)
        else { return nil }
        return hours * 3600 + minutes * 60 + seconds + milliseconds / 1000
    }
}
