public import PluginAPI

/// What every reporter must do, whatever it writes.
///
/// ```swift
/// @Test func `it keeps the rules of reporters`() async throws {
///     try await ReporterConformance.check { context in MyReporter(options: NoOptions(), context: context) }
/// }
/// ```
public enum ReporterConformance {
    /// A reporter did something else than it must.
    public struct Violation: Error, CustomStringConvertible {
        /// What it did.
        public var description: String
    }

    /// The most bytes that a report of 10,000 cells may have, all its files together.
    public static let mostBytes = 64 << 20

    /// Holds a reporter to every rule, with a record for each way in which an experiment can end.
    ///
    /// - Parameter make: Makes the reporter from a context whose seams are fakes: a reporter that turns to the outside fails.
    /// - Throws: ``Violation``, or what the reporter threw.
    public static func check(_ make: @Sendable (PluginContext) throws -> any Reporter) async throws {
        for sample in SampleExperiment.allCases {
            let record = sample.record
            // Each with a clock of its own that stands still: the same record makes the same files.
            let files = try await make(.fake()).report(record)
            try names(of: files, sample)
            for file in files { try content(of: file, sample, isSimulated: record.isSimulated) }
            guard sample != .large else {
                let bytes = files.reduce(0) { $0 + $1.content.count }
                try expect(bytes <= mostBytes, "10,000 cells make \(bytes) bytes, more than \(mostBytes)")
                continue
            }
            let again = try await make(.fake()).report(record)
            try expect(again == files, "\(sample): the same record made other files")
            let interim = try await make(.fake()).interimReport(record)
            let final = Set(files.map(\.name))
            for name in interim.map(\.name) {
                try expect(final.contains(name), "\(sample): \(name) is written in between, and never again")
            }
        }
    }

    private static func names(of files: [ReportFile], _ sample: SampleExperiment) throws {
        for file in files {
            let isPlain = !file.name.isEmpty && !file.name.hasPrefix(".") && !file.name.contains("/")
            try expect(isPlain, "\(sample): \(file.name) is no file name")
        }
        try expect(Set(files.map(\.name)).count == files.count, "\(sample): two files of one name")
    }

    static func expect(_ condition: Bool, _ message: @autoclosure () -> String) throws {
        if !condition { throw Violation(description: message()) }
    }
}
