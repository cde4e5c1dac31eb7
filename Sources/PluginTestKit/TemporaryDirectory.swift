import PluginAPI
public import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A directory of a test's own, gone when nobody holds it any more.
public final class TemporaryDirectory: Sendable {
    /// Where it is.
    public let path: FilePath

    /// Makes an empty directory.
    public init() throws {
        path = FilePath(FileManager.default.temporaryDirectory.path).appending("labhost-\(UUID().uuidString)")
        try LocalFile.makeDirectory(path)
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }

    /// A file's text; empty when there is no such file.
    public func text(_ name: String) throws -> String {
        String(decoding: try LocalFile.read(path.appending(name)) ?? [], as: UTF8.self)
    }
}
