#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Dates as people and files read them, always in UTC.
package enum Timestamps {
    /// `14:05:09`.
    package static func timeOfDay(_ date: Date) -> String {
        String(iso(date).dropFirst(11).prefix(8))
    }

    /// `2026-01-31T14:05:09Z`.
    package static func iso(_ date: Date) -> String { date.formatted(.iso8601) }

    /// `2026-01-31 14:05`.
    package static func minute(_ date: Date) -> String {
        String(iso(date).prefix(16)).replacing("T", with: " ")
    }
}
