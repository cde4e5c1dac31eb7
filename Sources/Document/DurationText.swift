/// Lengths of time as people write them: `90s`, `30m`, `3h`, `1h30m`.
public enum DurationText {
    /// Reads a length of time; nil when the text is none, or is longer than a year.
    public static func parse(_ text: String) -> Duration? {
        var rest = text.utf8[...]
        var seconds = 0
        var lastUnit = Int.max
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard (1...9).contains(digits.count), let count = Int(Substring(digits)) else { return nil }
            rest = rest[digits.endIndex...]
            guard let letter = rest.popFirst(), let unit = units[letter], unit < lastUnit else { return nil }
            lastUnit = unit
            seconds += count * unit
        }
        return seconds <= 366 * 86_400 ? .seconds(seconds) : nil
    }

    /// Writes a length of time, fractions of a second left out.
    public static func text(_ duration: Duration) -> String {
        var rest = duration.components.seconds
        guard rest > 0 else { return "0s" }
        var text = ""
        for (unit, letter) in [(Int64(3600), "h"), (60, "m"), (1, "s")] where rest >= unit {
            text += "\(rest / unit)\(letter)"
            rest %= unit
        }
        return text
    }

    private static let units: [UInt8: Int] = [
        UInt8(ascii: "d"): 86_400, UInt8(ascii: "h"): 3600, UInt8(ascii: "m"): 60, UInt8(ascii: "s"): 1,
    ]
}
