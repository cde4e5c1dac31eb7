/// What a plugin tells the engine while it works. The engine journals it, and shows it.
public enum PluginEvent: Sendable, Hashable, Codable {
    /// A line for the log, and for the console when it is a warning.
    case note(NoteLevel, String)
    /// How far the present step is. Shown, and not kept.
    case progress(Progress)
    /// A resource is about to be created. It is on disk when ``EventSink/record(_:)`` returns.
    case intended(ResourceIntent)
    /// A resource exists. It is on disk when ``EventSink/record(_:)`` returns.
    case created(Resource)
    /// A resource is gone, and that was checked.
    case deleted(kind: String, id: String)
    /// One period of a running benchmark.
    case period(PeriodSample)
}

/// How much a note matters.
public enum NoteLevel: String, Sendable, Hashable, Codable {
    case debug, info, warning
}

/// How far a step is.
public struct Progress: Sendable, Hashable, Codable {
    /// What is being done, in a few words.
    public var label: String
    /// How much is done, in `total`'s unit.
    public var completed: Double
    /// How much there is to do; nil when that is not known.
    public var total: Double?

    /// Makes a progress report.
    public init(_ label: String, completed: Double = 0, of total: Double? = nil) {
        self.label = label
        self.completed = completed
        self.total = total
    }
}

/// A resource that is about to be created: enough to find it if the host dies before it learns the id.
public struct ResourceIntent: Sendable, Hashable, Codable {
    /// The kind, as in ``Resource/kind``.
    public var kind: String
    /// A name that is unique within the experiment.
    public var name: String
    /// The client token or deterministic name given to the other side.
    public var token: String?

    /// Makes an intent.
    public init(kind: String, name: String, token: String? = nil) {
        self.kind = kind
        self.name = name
        self.token = token
    }
}

/// A resource that was created and will have to be deleted.
public struct Resource: Sendable, Hashable, Codable {
    /// The kind, in AWS's resource type words: `instance`, `volume`, `security-group`, `iam-role` …
    public var kind: String
    /// The other side's id.
    public var id: String
    /// The name given in the intent.
    public var name: String
    /// Facts that its price depends on: `instanceType`, `availabilityZone`, `lifecycle`, `sizeGB` …
    public var attributes: [String: String]

    /// Makes a resource.
    public init(kind: String, id: String, name: String, attributes: [String: String] = [:]) {
        self.kind = kind
        self.id = id
        self.name = name
        self.attributes = attributes
    }
}

/// Takes what a plugin has to tell.
public protocol EventSink: Sendable {
    /// Records an event; when it returns, an intent or a created resource is on disk.
    ///
    /// - Throws: ``LabError`` when the journal cannot be written. The caller must not go on to the effect.
    func record(_ event: PluginEvent) async throws
}

extension EventSink {
    /// Writes a line to the log.
    public func note(_ text: String, _ level: NoteLevel = .info) async throws {
        try await record(.note(level, text))
    }

    /// Shows how far the present step is.
    public func progress(_ label: String, completed: Double = 0, of total: Double? = nil) async throws {
        try await record(.progress(Progress(label, completed: completed, of: total)))
    }
}
