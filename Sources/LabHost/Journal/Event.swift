public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Something that happened in an experiment: the only way anything is recorded.
///
/// The journal, the console, `--json`, the log file and the state that later commands work from are folds over these.
public struct Event: Sendable, Hashable, Codable {
    /// When it happened.
    public var time: Date
    /// What happened.
    public var what: What

    /// Makes an event.
    public init(time: Date, what: What) {
        self.time = time
        self.what = what
    }

    /// What happened.
    public enum What: Sendable, Hashable, Codable {
        /// A host process took the experiment up with one command: `run`, `bench`, `teardown` …
        case opened(command: String, version: String, pid: Int32)
        /// A phase began.
        case phaseStarted(phase: String)
        /// A phase ended; `summary` says in a few words what came of it.
        case phaseEnded(phase: String, summary: String, error: LabError?)
        /// The image was chosen.
        case image(image: MachineImage)
        /// What is about to be created was found out.
        case previewed(counts: [String: Int])
        /// The hosts exist.
        case hosts(hosts: [Host])
        /// Work on one of the schedule's groups began.
        case groupStarted(group: Int, of: Int)
        /// The cluster is about to be given other settings: until the next event says so, nobody knows which it has.
        case configuring(configuration: Int)
        /// The cluster has the settings of one of its group's configurations.
        case configured(configuration: Int)
        /// The cluster answered all its health checks.
        case ready(cluster: Cluster)
        /// The hosts of the configured cluster said what they are made of; the file is in the experiment's directory.
        case described(file: String)
        /// A line for the log.
        case note(phase: String, level: NoteLevel, text: String)
        /// How far a step is; shown, and not kept.
        case progress(phase: String, progress: Progress)
        /// A resource is about to be created.
        case intended(resource: ResourceIntent)
        /// A resource exists.
        case created(resource: Resource)
        /// A resource is gone.
        case deleted(kind: String, id: String)
        /// What resources cost while they exist was found out.
        case priced(prices: Prices)
        /// A cell began.
        case cellStarted(cell: String, index: Int, of: Int)
        /// One period of the running cell.
        case period(sample: PeriodSample)
        /// A cell ended; what it measured is in its directory.
        case cellEnded(cell: String, verdict: Verdict, reasons: [String])
        /// A reporter wrote its files, or failed.
        case reported(reporter: String, files: [String], error: LabError?)
        /// The teardown's outcome.
        case receipt(receipt: Receipt)
        /// The command ended.
        case closed(exitCode: Int32)
    }

    /// Whether the event must be on disk before the engine goes on.
    var isDurable: Bool {
        switch what {
        case .note, .progress, .period: false
        default: true
        }
    }

    /// Whether the event is kept in the journal.
    var isKept: Bool {
        if case .progress = what { false } else { true }
    }
}

/// What resources cost, as it is kept: a later report reckons with the prices of its day.
public struct Prices: Sendable, Hashable, Codable {
    /// One resource's rate.
    public struct Entry: Sendable, Hashable, Codable {
        /// The kind, as in ``PluginAPI/Resource/kind``.
        public var kind: String
        /// The id; nil for what does not exist yet.
        public var id: String?
        /// The name of what does not exist yet; nil for all of the kind.
        public var name: String?
        /// What it costs.
        public var rate: Rate
    }

    /// The rates.
    public var entries: [Entry]
    /// The date of the oldest price among them; nil when there is none.
    public var asOf: Date?
    /// Where they come from, in a few words.
    public var source: String
}
