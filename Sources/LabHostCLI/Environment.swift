#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The process environment.
enum Environment {
    /// All variables.
    static var all: [String: String] { ProcessInfo.processInfo.environment }
}
