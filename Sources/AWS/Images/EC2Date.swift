#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Dates as EC2 writes them: ISO 8601, with fractions of seconds or without.
public enum EC2Date {
    /// The date; nil when the text is none.
    public static func parse(_ text: String) -> Date? {
        try? Date(text, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: text.contains(".")))
    }
}
