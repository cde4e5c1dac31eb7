import PluginAPI
import SystemPackage

extension Engine {
    /// Writes the report; `isSilent` when it is written again and nobody waits for it.
    @discardableResult
    func writeReport(isSilent: Bool = false) async throws -> String {
        let record = try await record()
        var failures: [LabError] = []
        var written = 0
        for (id, reporter) in plugins.reporters {
            var names: [String] = []
            var failure: LabError?
            do { names = try write(await reporter.report(record)) } catch {
                let error = LabError(error, code: .reporting, while: "the reporter \(id)")
                failure = LabError(.reporting, error.message, cause: error.cause, hint: error.hint)
                failures.append(failure ?? error)
            }
            written += names.count
            if !isSilent || failure != nil {
                try await journal.record(.reported(reporter: id, files: names, error: failure))
            }
        }
        if let first = failures.first { throw first }
        return "\(written) files in \(directory.report)"
    }

    /// Writes what there is so far, so that a run that is killed has a report, too.
    ///
    /// That a reporter fails here is said once and stops nothing: it will be asked again at the end.
    func writeInterimReport(_ pace: inout InterimPace) async throws {
        let start = clock.uptime()
        guard pace.isDue(at: start) else { return }
        let record = try await record()
        for (id, reporter) in plugins.reporters {
            do { _ = try write(await reporter.interimReport(record)) } catch {
                try Task.checkCancellation()
                guard pace.failed.insert(id).inserted else { continue }
                let error = LabError(error, code: .reporting, while: "the reporter \(id)")
                let text = "no report of \(id) while cells are measured: \(error)"
                try await journal.record(.note(phase: Step.report.rawValue, level: .warning, text: text))
            }
        }
        pace.wrote(from: start, to: clock.uptime())
    }

    private func record() async throws -> ExperimentRecord {
        var record = try RecordBuilder(experiment: experiment, schedule: schedule, directory: directory)
            .record(from: await journal.snapshot, at: clock.now())
        if experiment.includesRawData == false { record.dropSeries() }
        return record
    }

    /// Writes a reporter's files, and returns their names.
    private func write(_ files: [ReportFile]) throws -> [String] {
        try files.map { file in
            guard FilePath.Component(file.name)?.kind == .regular else {
                throw LabError(.reporting, "\(Printable.quoted(file.name)) is not a file name")
            }
            try LocalFile.write(file.content, to: directory.report.appending(file.name))
            return file.name
        }
    }
}

extension ExperimentRecord {
    /// Leaves the figures, and takes away the series in time: those that they were made of, and those of the hosts.
    fileprivate mutating func dropSeries() {
        metrics = nil
        for cell in cells.indices {
            cells[cell].samples = []
            cells[cell].outcome?.result?.periods = []
            for probe in cells[cell].outcome?.probes.indices ?? 0..<0 {
                cells[cell].outcome?.probes[probe].result?.periods = []
            }
        }
    }
}

/// How often the report is written while cells are measured.
///
/// A report of many cells takes longer than one of few, and there are more of them to write: twenty times as long as the
/// last one took passes before the next, so that all of them together never take more than a twentieth of the time.
struct InterimPace {
    private static let share = 20

    /// The reporters whose failure has been said.
    var failed: Set<String> = []
    private var next: Duration?

    /// Whether one may be written now.
    func isDue(at now: Duration) -> Bool { next.map { now >= $0 } ?? true }

    /// Notes how long one took.
    mutating func wrote(from start: Duration, to end: Duration) { next = end + (end - start) * Self.share }
}
