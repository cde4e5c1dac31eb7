import ArgumentParser
import LabHost
import OMBRunner
import PluginAPI
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `labhost import`: results that were measured elsewhere.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take result files of OpenMessaging Benchmark that were made elsewhere into the history.",
        discussion: """
            They become one experiment, which is listed, shown, reported and compared like any other. Files of the same \
            workload, driver and message size are taken for repetitions. A file that was imported before is left out. What \
            rate was asked for is not known, so that a shortfall from it is not seen.

            Example: labhost import --name last-year --at 2025-11-01 results/*.json
            """
    )

    @Argument(help: "Result files.", completion: .file(extensions: ["json"])) var files: [String]
    @Option(help: "What stands for the plan's name.") var name = "import"
    @Option(name: .customLong("tag"), help: ArgumentHelp("A tag; may be repeated.", valueName: "k=v"))
    var tags: [String] = []
    @Option(
        help: ArgumentHelp(
            "When they were measured; when each file was last changed otherwise.",
            valueName: "2025-11-01T12:00:00Z"
        ),
        transform: DateOption.parse
    )
    var at: Date?
    @Flag(help: "Print JSON.") var json = false

    /// What became of the files.
    struct Answer: Encodable {
        var experiment: String?
        var imported = 0
        /// Files that were imported before, and the experiments they are in.
        var known: [String: String] = [:]
        /// Files that were refused, and why.
        var refused: [String: String] = [:]
    }

    func validate() throws {
        for tag in tags where !tag.contains("=") || tag.hasPrefix("=") {
            throw ValidationError("--tag takes KEY=VALUE, not \(Printable.quoted(tag))")
        }
    }

    func run() async throws {
        let store = try ExperimentStore(environment: Environment.all)
        let lock = try await lock(in: store)
        defer { withExtendedLifetime(lock) {} }
        let history = try await HistoryAccess.open(store)
        var known = try history.imports()
        let pairs = tags.map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        }
        var writer = try ImportWriter(
            in: store,
            name: name,
            tags: Dictionary(pairs.map { ($0[0], $0[1]) }) { $1 },
            version: BuildFacts.current.identifier
        )
        var answer = Answer()
        for file in files {
            do { try take(file, &writer, &known, &answer) } catch {
                answer.refused[file] = LabError(error, while: "reading it").description
            }
        }
        if writer.isEmpty {
            writer.discard()
        } else {
            let directory = try writer.finish()
            answer.experiment = directory.id.rawValue
            try history.index(directory)
        }
        show(answer)
        if !answer.refused.isEmpty { throw ExitCode(1) }
    }

    /// Two imports that take the same files at once would not see each other's.
    private func lock(in store: ExperimentStore) async throws -> FileLock {
        let path = store.home.appending("import.lock")
        try LocalFile.makeDirectory(store.home)
        if let lock = try await FileLock.take(path, within: .seconds(60), clock: .system) { return lock }
        throw LabError(
            .failed,
            "another process is importing",
            cause: FileLock.holder(of: path),
            hint: "import when it is done"
        )
    }

    private func take(
        _ file: String,
        _ writer: inout ImportWriter,
        _ known: inout [String: String],
        _ answer: inout Answer
    ) throws {
        let path = FilePath(file)
        let changedAt = try Files.checkReadable(path, upTo: 256 << 20)
        let result = try OMBResultFile.read(path, source: .imported)
        if let hash = result.provenance?.sha256 {
            if let experiment = known[hash] {
                answer.known[file] = experiment
                return
            }
            known[hash] = "this one"
        }
        let content = try Files.read(path)
        try writer.add(content, OMBResultFile.judgement(of: result), endedAt: at ?? changedAt)
        answer.imported += 1
    }

    private func show(_ answer: Answer) {
        for (file, reason) in answer.refused.sorted(by: { $0.key < $1.key }) {
            let text = reason.split(separator: "\n").map { Printable.line(String($0)) }.joined(separator: "\n  ")
            Terminal.write("error: \(Printable.line(file)) was refused: \(text)\n", to: STDERR_FILENO)
        }
        if json {
            print(
                (try? JSONCoding.encode(answer, pretty: true)).map { String(decoding: $0, as: UTF8.self) } ?? "",
                terminator: ""
            )
            return
        }
        if let experiment = answer.experiment {
            print("imported \(answer.imported) \(answer.imported == 1 ? "result" : "results") as \(experiment)")
        }
        let experiments = Set(answer.known.values).sorted()
        if !experiments.isEmpty {
            print("\(answer.known.count) imported before, in \(experiments.joined(separator: ", "))")
        }
    }
}

/// A date on the command line.
enum DateOption {
    /// Reads a day or a time in UTC.
    @Sendable static func parse(_ text: String) throws -> Date {
        let full = text.count == 10 ? "\(text)T00:00:00Z" : text
        guard let date = try? Date.ISO8601FormatStyle().parse(full) else {
            throw ValidationError("--at takes a day or a time in UTC, such as 2025-11-01 or 2025-11-01T12:00:00Z")
        }
        return date
    }
}
