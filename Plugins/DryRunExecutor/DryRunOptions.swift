public import PluginAPI

/// The options of ``DryRunExecutor``.
public struct DryRunOptions: PluginOptions {
    /// How many simulated seconds pass in one.
    public var speed: Double
    /// What is answered in place of the model, the first that fits.
    public var answers: [ScriptedAnswer]

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "speed",
            .number(1...100_000),
            "How many simulated seconds pass in one: at 60 a minute takes a second.",
            default: "60"
        ),
        Schema.Key(
            "answers",
            .list(.object(ScriptedAnswer.schema)),
            "A scenario: answers to give in place of the model's, to rehearse what goes wrong; the first that fits is given."
        ),
    ]

    /// Makes options.
    public init(speed: Double = 60, answers: [ScriptedAnswer] = []) {
        self.speed = speed
        self.answers = answers
    }

    /// Reads options, each with its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        speed = try container.decodeIfPresent(Double.self, forKey: .speed) ?? 60
        answers = try container.decodeIfPresent([ScriptedAnswer].self, forKey: .answers) ?? []
    }

    private enum CodingKeys: String, CodingKey {
        case speed, answers
    }
}

/// An answer that a scenario gives to a script or a job.
public struct ScriptedAnswer: Decodable, Sendable, Hashable {
    /// A part of the script's text; every script fits when it is empty.
    public var script: String
    /// The host's name or component; nil for every host.
    public var host: String?
    /// The exit status.
    public var exit: Int
    /// What is printed; a job's log.
    public var output: String
    /// What is printed as errors.
    public var errors: String
    /// How long it takes, in simulated time.
    public var takes: Duration
    /// Why the script never runs; nil when it does.
    public var unreachable: String?
    /// How often it is given; nil for always.
    public var times: Int?
    /// The files that are there at its end, by path.
    public var files: [String: String]

    /// Makes an answer.
    public init(
        script: String = "",
        host: String? = nil,
        exit: Int = 0,
        output: String = "",
        errors: String = "",
        takes: Duration = .zero,
        unreachable: String? = nil,
        times: Int? = nil,
        files: [String: String] = [:]
    ) {
        self.script = script
        self.host = host
        self.exit = exit
        self.output = output
        self.errors = errors
        self.takes = takes
        self.unreachable = unreachable
        self.times = times
        self.files = files
    }

    static let schema: [Schema.Key] = [
        Schema.Key("script", .string(), "A part of the script's text; without it every script and job fits."),
        Schema.Key("host", .string(), "The name or the component of the host; without it every host fits."),
        Schema.Key("exit", .integer(0...255), "The exit status.", default: "0"),
        Schema.Key("output", .string(), "What it prints; a job's log."),
        Schema.Key("errors", .string(), "What it prints as errors."),
        Schema.Key("takes", .duration, "How long it takes, in simulated time.", default: "0s"),
        Schema.Key("unreachable", .string(), "Why it never runs, in the words of the other side."),
        Schema.Key("times", .integer(1...1_000_000), "How often the answer is given; without it always."),
        Schema.Key("files", .map(.string()), "The files that it leaves, by path."),
    ]

    /// Reads an answer, each part with its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        script = try container.decodeIfPresent(String.self, forKey: .script) ?? ""
        host = try container.decodeIfPresent(String.self, forKey: .host)
        exit = try container.decodeIfPresent(Int.self, forKey: .exit) ?? 0
        output = try container.decodeIfPresent(String.self, forKey: .output) ?? ""
        errors = try container.decodeIfPresent(String.self, forKey: .errors) ?? ""
        takes = try container.decodeIfPresent(Duration.self, forKey: .takes) ?? .zero
        unreachable = try container.decodeIfPresent(String.self, forKey: .unreachable)
        times = try container.decodeIfPresent(Int.self, forKey: .times)
        files = try container.decodeIfPresent([String: String].self, forKey: .files) ?? [:]
    }

    private enum CodingKeys: String, CodingKey {
        case script, host, exit, output, errors, takes, unreachable, times, files
    }

    /// Whether it answers a script on a host.
    func fits(_ text: String, on host: Host) -> Bool {
        (script.isEmpty || text.contains(script)) && (self.host.map { $0 == host.name || $0 == host.component } ?? true)
    }
}
