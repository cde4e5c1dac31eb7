import Foundation
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// A write to a file at which a process ends, reached from within it: Tests/Chaos/crash_point.c.
struct CrashPoint: CustomStringConvertible {
    /// What becomes of the write.
    enum How: String, CaseIterable { case before, torn, after, full }

    /// How the file's path ends.
    var file = "/journal.jsonl"
    /// Which write, from 1.
    var write: Int
    /// What becomes of it.
    var how: How

    var description: String { "\(how) write \(write)" }

    /// What makes a process end there.
    func environment(_ library: FilePath) -> [String: String] {
        [
            "LD_PRELOAD": library.string, "CRASH_IN": file, "CRASH_AT": String(write), "CRASH_HOW": how.rawValue,
        ]
    }

    /// Builds the library with the compiler that came with Swift.
    static func library(in directory: TemporaryDirectory) async throws -> FilePath {
        let library = directory.path.appending("crash_point.so")
        let source = Repository.root.appending("Tests/Chaos/crash_point.c")
        let built = try await Subprocess.run(
            .name("clang"),
            arguments: ["-shared", "-fPIC", "-O1", "-o", library.string, source.string, "-ldl"],
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        try #require(built.terminationStatus.isSuccess, "\(built.standardError)")
        return library
    }
}

/// Numbers that are the same in every run.
struct SeededNumbers {
    private var state: UInt64

    /// Begins a sequence.
    init(seed: UInt64) { state = seed }

    /// The next number of a range.
    mutating func next(in range: ClosedRange<Int>) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return range.lowerBound + Int(state >> 33) % range.count
    }
}
