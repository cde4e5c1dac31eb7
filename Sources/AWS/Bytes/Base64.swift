#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Base64 as RFC 4648 has it.
public enum Base64 {
    /// Bytes as text, which needs no quoting in a shell.
    public static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

    /// The bytes that a text stands for; nil when it is none.
    public static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        Data(base64Encoded: Data(text)).map(Array.init)
    }
}
