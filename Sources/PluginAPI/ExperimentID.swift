#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The name of one experiment: `exp-YYYYMMDD-HHMMSS-xxxx`, in UTC, ending in four random base-32 characters.
///
/// It becomes a directory name, a tag value and part of resource names, so only `[a-z0-9-]` is accepted.
public struct ExperimentID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The identifier as written in paths and tags.
    public let rawValue: String

    /// Accepts 1 to 60 characters of `[a-z0-9-]` that begin with a letter or digit.
    public init?(rawValue: String) {
        let allowed = rawValue.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
        guard allowed, (1...60).contains(rawValue.utf8.count), rawValue.first != "-" else { return nil }
        self.rawValue = rawValue
    }

    /// When the experiment was made, as its name says, in UTC; nil for a name that somebody chose.
    public var date: Date? {
        let parts = rawValue.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0] == "exp", parts[1].utf8.count == 8, parts[2].utf8.count == 6 else {
            return nil
        }
        return try? Date("\(parts[1])T\(parts[2])Z", strategy: .iso8601.dateSeparator(.omitted).timeSeparator(.omitted))
    }

    /// The text itself.
    public var description: String { rawValue }
}
