package import PluginAPI
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Makes an experiment of results that were measured elsewhere: a directory like any other, with a journal and the results,
/// so that it is listed, shown, reported and compared like any other.
///
/// Nothing of it can be seen before ``finish()``, which puts it in its place at once.
package struct ImportWriter {
    private let store: ExperimentStore
    private let name: String
    private let tags: [String: String]
    private let version: String
    private let staging: ExperimentDirectory
    private var cells: [(cell: Cell, outcome: CellOutcome, startedAt: Date, endedAt: Date)] = []
    private var repetitions: [String: Int] = [:]
    /// The names of cells without the numbers of their repetitions, by key.
    private var names: [String: String] = [:]
    private var taken: Set<String> = []

    /// Begins an experiment.
    ///
    /// - Parameters:
    ///   - store: Where experiments are.
    ///   - name: What stands for the plan's name.
    ///   - tags: The user's tags.
    ///   - version: LabHost's version.
    /// - Throws: ``LabError`` when the name or a tag cannot be used, or nothing can be written.
    package init(in store: ExperimentStore, name: String, tags: [String: String], version: String) throws {
        guard let pattern = try? Regex(Slug.pattern), name.wholeMatch(of: pattern) != nil else {
            throw LabError(.usage, "--name takes \(Slug.what), not \(Printable.quoted(name))")
        }
        for (key, value) in tags {
            if let fault = TagRules.fault(key: key, value: value) {
                throw LabError(.usage, "--tag \(Printable.quoted("\(key)=\(value)")): \(fault)")
            }
        }
        self.store = store
        self.name = name
        self.tags = tags
        self.version = version
        let id = ExperimentStore.newID(at: Date())
        // No id begins with a dot: what a crash leaves of this is no experiment.
        let path = store.home.appending("experiments").appending(".import-\(id)")
        staging = ExperimentDirectory(id: id, path: path)
        try LocalFile.makeDirectory(path.appending("cells"))
    }

    /// Whether nothing has been added.
    package var isEmpty: Bool { cells.isEmpty }

    /// Adds a result. Results of the same workload, driver and message size are taken for repetitions.
    ///
    /// - Parameters:
    ///   - content: The file.
    ///   - outcome: What it says, and how far it can be trusted.
    ///   - endedAt: When it was measured.
    /// - Throws: ``LabError`` when it cannot be written.
    package mutating func add(_ content: [UInt8], _ outcome: CellOutcome, endedAt: Date) throws {
        guard let result = outcome.result else {
            throw LabError(.benchmark, "there is no result", cause: outcome.reasons.joined(separator: "\n"))
        }
        let cell = cell(of: result)
        let directory = staging.cell(cell.name)
        try LocalFile.makeDirectory(directory)
        try Files.writeLazily(content, to: directory.appending("result.json"))
        try Files.writeLazily(JSONCoding.encode(outcome), to: staging.outcome(of: cell.name))
        let startedAt = endedAt.addingTimeInterval(-10 * Double(result.periods.count))
        // Of thousands, the quantiles and periods would fill the memory.
        cells.append((cell, CellOutcome(verdict: outcome.verdict, causes: outcome.causes), startedAt, endedAt))
    }

    private mutating func cell(of result: BenchmarkResult) -> Cell {
        let size = result.messageSizeBytes.map(String.init) ?? ""
        let key = StableHash("import", result.driver, result.workload, size).hexadecimal
        let repetition = repetitions[key, default: 0] + 1
        repetitions[key] = repetition
        let base = names[key] ?? newName(for: result.workload, key)
        names[key] = base
        taken.insert(base)
        var workload = Workload(testMinutes: max(1, result.periods.count / 6))
        workload.messageSizeBytes = result.messageSizeBytes ?? workload.messageSizeBytes
        return Cell(
            name: repetition > 1 ? "\(base)#\(repetition)" : base,
            key: key,
            run: base,
            type: .fixedRate,
            repetition: repetition,
            workload: workload,
            timeoutSeconds: 0
        )
    }

    private func newName(for workload: String, _ key: String) -> String {
        let slug = Slug.make(String(workload.prefix(60)))
        let name = slug.isEmpty ? "result" : slug
        return !taken.contains(name) ? name : "\(name)-\(key.prefix(8))"
    }

    /// Puts the experiment in its place.
    ///
    /// - Returns: Its directory.
    /// - Throws: ``LabError``; nothing of it is left then.
    package func finish() throws -> ExperimentDirectory {
        do {
            let latest = cells.map(\.endedAt).max() ?? Date()
            let directory = store.directory(of: ExperimentStore.newID(at: latest))
            let spec = ClusterSpec(
                name: "imported",
                components: [:],
                network: NetworkSpec(vpcCIDR: "", subnetCIDR: "")
            )
            try staging.freeze(
                experiment(directory.id, at: latest),
                Schedule(groups: [Schedule.Group(spec: spec, cells: cells.map(\.cell))]),
                plan: Array("# imported: there was no plan\n".utf8)
            )
            try LocalFile.write(journal(until: latest), to: staging.journal)
            sync()
            guard rename(staging.path.string, directory.path.string) == 0 else {
                throw LabError(.failed, "cannot make \(directory.path)", cause: Errno(rawValue: errno).description)
            }
            return directory
        } catch {
            discard()
            throw error
        }
    }

    /// Gives up: nothing is left.
    package func discard() { try? staging.remove() }

    private func experiment(_ id: ExperimentID, at date: Date) -> Experiment {
        var tags = tags
        tags["Project"] = "labhost"
        tags["ExperimentID"] = id.rawValue
        return Experiment(
            id: id,
            planName: name,
            planDescription: "Results that were measured elsewhere.",
            planFile: "",
            labhostVersion: version,
            createdAt: cells.map(\.startedAt).min() ?? date,
            expiry: date,
            image: .init(id: "none"),
            provisioner: .init(id: "local"),
            executor: .init(id: "local"),
            runner: .init(id: "omb"),
            reporters: [.init(id: "json"), .init(id: "csv")],
            imageRequest: ImageRequest(pulsarVersion: "unknown"),
            cloud: CloudSettings(),
            tags: tags,
            isSimulated: false,
            keep: .never,
            source: .imported
        )
    }

    /// The events in the order of the cells, as if LabHost had been there.
    private func journal(until date: Date) throws -> [UInt8] {
        let first = cells.map(\.startedAt).min() ?? date
        var events = [Event(time: first, what: .opened(command: "import", version: version, pid: ProcessID.current))]
        for (index, entry) in cells.enumerated() {
            let name = entry.cell.name
            let outcome = entry.outcome
            events.append(
                Event(time: entry.startedAt, what: .cellStarted(cell: name, index: index + 1, of: cells.count))
            )
            events.append(
                Event(
                    time: entry.endedAt,
                    what: .cellEnded(cell: name, verdict: outcome.verdict, reasons: outcome.reasons)
                )
            )
        }
        events.append(Event(time: date, what: .closed(exitCode: 0)))
        return try events.flatMap { try JSONCoding.encode($0) }
    }
}
