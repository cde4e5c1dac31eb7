import AWS

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What an image holds, as a short text: the same content gives the same key on every machine, anything else another.
///
/// It is the beginning of a SHA-256, so that nobody can make another image's key by accident or on purpose.
public struct ContentKey: Sendable, Hashable, Codable, CustomStringConvertible {
    /// 32 hexadecimal digits.
    public let text: String

    /// The key of some named parts, in whatever order they are given.
    public init(_ parts: [String: [UInt8]]) {
        let digest = SHA256()
        for (name, content) in parts.sorted(by: { $0.key < $1.key }) {
            // With their lengths before them, no two sets of parts run together into the same bytes.
            for piece in [Array(name.utf8), content] {
                digest.update(Array("\(piece.count):".utf8))
                digest.update(piece)
            }
        }
        text = String(digest.finish().hexadecimal.prefix(32))
    }

    /// The text.
    public var description: String { text }
}
