import Foundation
import PluginAPI
import SystemPackage
import Testing

@testable import OMBRunner

/// A run of the real OMB, as it was recorded.
struct Recording {
    let name: String

    init(_ name: String) { self.name = name }

    private var folder: FilePath { Self.root.appending(name) }

    func console() throws -> String {
        String(decoding: try #require(try LocalFile.read(folder.appending("console.log"))), as: UTF8.self)
    }

    func result() throws -> [UInt8]? { try LocalFile.read(folder.appending("result.json")) }

    func benchmarkResult() throws -> BenchmarkResult {
        let content = try #require(try result())
        return try #require(try OMBResult(content).benchmarkResult)
    }

    static func published(_ name: String) throws -> BenchmarkResult {
        let content = try #require(try LocalFile.read(root.appending("published").appending(name + ".json")))
        return try #require(try OMBResult(content).benchmarkResult)
    }

    static func publishedProvenance(_ name: String) throws -> Provenance? {
        try OMBResultFile.read(root.appending("published").appending(name + ".json"), source: .imported).provenance
    }

    private static var root: FilePath { FilePath(Bundle.module.bundlePath).appending("Recordings") }
}
