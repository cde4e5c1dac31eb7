#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A moment in UTC as AWS writes it. Whole seconds; proleptic Gregorian, as ISO 8601 has it.
///
/// By hand, because the formatters that can read an HTTP date live in full Foundation, or in newer systems than we
/// support.
struct Timestamp: Hashable {
    /// Seconds since 1970.
    let seconds: Int

    init(_ date: Date) { seconds = Int(date.timeIntervalSince1970.rounded(.down)) }
    init(seconds: Int) { self.seconds = seconds }

    var date: Date { Date(timeIntervalSince1970: Double(seconds)) }

    /// `20150830`.
    var day: String {
        let (year, month, day) = civil
        return pad(year, 4) + pad(month, 2) + pad(day, 2)
    }

    /// `20150830T123600Z`.
    var basic: String {
        let time = seconds - days * 86_400
        return "\(day)T\(pad(time / 3600, 2))\(pad(time / 60 % 60, 2))\(pad(time % 60, 2))Z"
    }

    /// Reads `2015-08-30T12:36:00Z`, with or without a fraction, or `20150830T123600Z`; nil when it is neither.
    init?(iso text: String) {
        let digits = text.prefix { $0 != "." && $0 != "Z" }.filter { $0 != "-" && $0 != ":" }
        let parts = digits.split(separator: "T")
        guard parts.count == 2, parts[0].utf8.count == 8, parts[1].utf8.count == 6,
            let day = Int(parts[0]), let time = Int(parts[1]), day > 0, time >= 0
        else { return nil }
        self.init(day / 10_000, day / 100 % 100, day % 100, time / 10_000, time / 100 % 100, time % 100)
    }

    /// Reads an HTTP date, `Sun, 06 Nov 1994 08:49:37 GMT`; nil when it is none.
    init?(http text: String) {
        let parts = text.split { $0 == " " || $0 == ":" || $0 == "," }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 8, parts[7] == "GMT",
            let day = Int(parts[1]), let month = months.firstIndex(of: String(parts[2])), let year = Int(parts[3]),
            let hour = Int(parts[4]), let minute = Int(parts[5]), let second = Int(parts[6])
        else { return nil }
        self.init(year, month + 1, day, hour, minute, second)
    }

    private init?(_ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int, _ second: Int) {
        guard (1...9999).contains(year), (1...12).contains(month), (1...31).contains(day),
            (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
        else { return nil }
        // Years begin in March here, so that the leap day is a year's last.
        let (y, m) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468
        seconds = days * 86_400 + hour * 3600 + minute * 60 + second
    }

    private var days: Int { seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400 }

    private var civil: (year: Int, month: Int, day: Int) {
        let sinceEra = days + 719_468
        let era = (sinceEra >= 0 ? sinceEra : sinceEra - 146_096) / 146_097
        let inEra = sinceEra - era * 146_097
        let yearInEra = (inEra - inEra / 1460 + inEra / 36_524 - inEra / 146_096) / 365
        let inYear = inEra - (365 * yearInEra + yearInEra / 4 - yearInEra / 100)
        let shifted = (5 * inYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearInEra + era * 400 + (month <= 2 ? 1 : 0), month, inYear - (153 * shifted + 2) / 5 + 1)
    }
}

private func pad(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
