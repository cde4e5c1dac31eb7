import AWS
import ArgumentParser
import Document
import LabHost
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `labhost sweep`: what experiments left behind whose host is gone.
struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Find, and with --execute delete, what experiments left behind.",
        discussion: """
            Only resources with LabHost's Project and ExperimentID tags are looked at. Without --execute nothing is \
            changed. Experiments that a process on this machine is working on are left alone.

            Example: labhost sweep --expired
            """
    )

    @Option(name: .customLong("experiment-id"), help: "Only this experiment.") var experimentID: String?
    @Option(help: "Only experiments of which the oldest resource is older: 6h, 2d.") var olderThan: String?
    @Flag(help: "Only experiments that should have ended by their ExpiresAt tags.") var expired = false
    @Option(name: .customLong("region"), help: "The regions, separated by commas.") var regions: String?
    @Option(help: "The profile of the shared AWS files.") var profile: String?
    @Flag(help: "Delete what was found.") var execute = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let environment = Environment.all
        let choice = try SweepChoice(experiment: experimentID, olderThan: olderThan, onlyExpired: expired)
        guard !execute || choice.isNarrow else {
            throw LabError(
                .usage,
                "sweep --execute needs to be told what",
                hint: "--expired, --older-than 6h or --experiment-id ID"
            )
        }
        let seams = try Seams.standard(environment: environment)
        let store = try ExperimentStore(environment: environment)
        var answer = SweepAnswer(isDry: !execute)
        for region in try places(environment) {
            let sweep = Sweep(region: region) { context($0, region, seams, store) }
            for remains in try await sweep.find(only: choice.experiment)
            where choice.includes(remains, at: seams.clock.now()) {
                var entry = SweepAnswer.Entry(remains: remains)
                entry.isInUse = store.directory(of: remains.experiment).isBeingWorkedOn
                if execute, !entry.isInUse { entry.outcome = try await sweep.delete(remains) }
                answer.entries.append(entry)
            }
        }
        print(
            json ? String(decoding: try JSONCoding.encode(answer, pretty: true), as: UTF8.self) : answer.text,
            terminator: ""
        )
        if let error = answer.error { throw error }
    }

    private func places(_ environment: [String: String]) throws -> [String] {
        let named: [String?] = regions.map { PlanOptions.words($0).map(Optional.some) } ?? [nil]
        return try named.map { name in
            guard let region = try AWSRegion.resolve(plan: name, profile: profile, environment: environment) else {
                throw LabError(.usage, "no AWS region is named", hint: "--region us-west-2,eu-west-1")
            }
            return region
        }
    }

    private func context(
        _ experiment: ExperimentID,
        _ region: String,
        _ seams: Seams,
        _ store: ExperimentStore
    ) -> PluginContext {
        var cloud = CloudSettings(region: region, profile: profile)
        cloud.endpoint = seams.environment["AWS_ENDPOINT_URL"].flatMap { $0.isEmpty ? nil : $0 }
        return PluginContext(
            experiment: experiment,
            directory: store.directory(of: experiment).path,
            cloud: cloud,
            tags: ["Project": "labhost", "ExperimentID": experiment.rawValue],
            events: SweepEvents(),
            http: seams.http,
            processes: seams.processes,
            credentials: seams.credentials(cloud),
            clock: seams.clock,
            environment: seams.environment
        )
    }
}

/// Which experiments are meant.
struct SweepChoice {
    var experiment: ExperimentID?
    var olderThan: Duration?
    var onlyExpired: Bool

    /// Reads what was asked for.
    init(experiment: String?, olderThan: String?, onlyExpired: Bool) throws {
        self.experiment = try experiment.map { text in
            guard let id = ExperimentID(rawValue: text) else {
                throw LabError(.usage, "\(Printable.quoted(text)) is not an experiment id")
            }
            return id
        }
        self.olderThan = try olderThan.map { text in
            guard let age = DurationText.parse(text) else {
                throw LabError(.usage, "\(Printable.quoted(text)) is not a duration", hint: "30m, 6h, 2d")
            }
            return age
        }
        self.onlyExpired = onlyExpired
    }

    /// Whether it leaves anything out.
    var isNarrow: Bool { experiment != nil || olderThan != nil || onlyExpired }

    /// Whether remains are meant. An age or an expiry that is not known is not met.
    func includes(_ remains: Sweep.Remains, at now: Date) -> Bool {
        if onlyExpired, remains.expiresAt.map({ $0 > now }) ?? true { return false }
        guard let olderThan else { return true }
        return remains.createdAt.map { now.timeIntervalSince($0) > olderThan / .seconds(1) } ?? false
    }
}

/// What a sweep found and did.
struct SweepAnswer: Encodable {
    struct Entry: Encodable {
        var remains: Sweep.Remains
        /// A process on this machine is working on it.
        var isInUse = false
        /// What became of it; nil when it was not touched.
        var outcome: TeardownOutcome?
    }

    var isDry: Bool
    var entries: [Entry] = []

    var text: String {
        guard !entries.isEmpty else { return "nothing was found\n" }
        var lines = entries.flatMap(lines)
        if isDry { lines.append("nothing was changed; to delete it: the same with --execute") }
        return lines.joined(separator: "\n") + "\n"
    }

    /// What is still there, as an error with its exit code.
    var error: LabError? {
        let left = entries.compactMap(\.outcome).filter { !$0.remaining.isEmpty || !$0.isVerified }
        guard !left.isEmpty else { return nil }
        return LabError(
            .leftBehind,
            "resources of \(left.count) experiments are left behind",
            cause: left.flatMap(\.errors).first?.description,
            hint: "the same command once more"
        )
    }

    private func lines(_ entry: Entry) -> [String] {
        let remains = entry.remains
        let kinds = Dictionary(grouping: remains.resources, by: \.kind).sorted { $0.key < $1.key }
            .map { "\($0.value.count) × \($0.key)" }
        let until =
            remains.expiresAt.map { "expires \(Timestamps.minute($0)) UTC" } ?? "says nothing of when it expires"
        var lines = [
            "\(remains.experiment) · \(remains.region) · \(until)",
            "  \(remains.resources.count) resources: \(kinds.joined(separator: ", "))",
        ]
        let types = remains.instanceTypes.sorted { $0.key < $1.key }.map { "\($0.value) × \(Printable.line($0.key))" }
        if !types.isEmpty {
            lines.append("  running: \(types.joined(separator: ", ")); what that costs per hour is unknown")
        }
        if entry.isInUse { lines.append("  left alone: a process on this machine is working on it") }
        if let outcome = entry.outcome {
            lines.append("  deleted \(outcome.deleted.count)\(outcome.isVerified ? "" : ", not verified")")
            for item in outcome.remaining {
                lines.append("  still there: \(item.kind) \(item.id): \(Printable.line(item.reason))")
                if let command = item.command { lines.append("    \(Printable.line(command))") }
            }
        }
        return lines
    }
}

/// A sweep has no journal: what it deletes belongs to experiments whose journals may be elsewhere.
private struct SweepEvents: EventSink {
    func record(_ event: PluginEvent) {}
}
