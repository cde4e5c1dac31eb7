/// An error a person can act on: what failed, on what, the cause as the other side gave it, and what to do next.
public struct LabError: Error, Sendable, Hashable, Codable, CustomStringConvertible {
    /// The kind of failure. It decides the exit code, and nothing else does.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable {
        /// The name used in JSON output and in the journal.
        public let rawValue: String

        /// Makes a code of a plugin's own; it exits with 1.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A failure that has no code of its own.
        public static let failed = Code(rawValue: "failed")
        /// Something needed is missing or refused; nothing was created.
        public static let preflight = Code(rawValue: "preflight")
        /// The cluster could not be created.
        public static let provisioning = Code(rawValue: "provisioning")
        /// The cluster was created and did not become ready.
        public static let notReady = Code(rawValue: "not-ready")
        /// A cell failed or is not valid.
        public static let benchmark = Code(rawValue: "benchmark")
        /// A cell failed, and the plan says that nothing more is measured then.
        public static let stopped = Code(rawValue: "stopped")
        /// A comparison found a regression.
        public static let regression = Code(rawValue: "regression")
        /// A reporter failed; the results are safe.
        public static let reporting = Code(rawValue: "reporting")
        /// The budget refused or stopped the experiment.
        public static let budget = Code(rawValue: "budget")
        /// Resources are left behind.
        public static let leftBehind = Code(rawValue: "left-behind")
        /// The command line is wrong.
        public static let usage = Code(rawValue: "usage")
        /// The plan is not valid.
        public static let invalidPlan = Code(rawValue: "invalid-plan")
        /// A signal ended the experiment.
        public static let interrupted = Code(rawValue: "interrupted")

        /// The process exit code, as listed in the README.
        public var exitCode: Int32 {
            switch self {
            case .preflight: 10
            case .provisioning: 11
            case .notReady: 12
            case .benchmark, .stopped: 13
            case .regression: 14
            case .reporting: 15
            case .budget: 16
            case .leftBehind: 20
            case .usage: 64
            case .invalidPlan: 65
            case .interrupted: 130
            default: 1
            }
        }
    }

    /// The kind of failure.
    public var code: Code
    /// What failed and on what, in one line.
    public var message: String
    /// The cause, in the words of whoever refused: AWS, terraform, a host's journal. May have several lines.
    public var cause: String?
    /// What to do next, as an instruction.
    public var hint: String?

    /// Makes an error.
    public init(_ code: Code, _ message: String, cause: String? = nil, hint: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.hint = hint
    }

    /// The whole error as printed: the message, then the cause and the hint, indented.
    public var description: String {
        var lines = [message]
        for line in cause?.split(separator: "\n") ?? [] { lines.append("  \(line)") }
        if let hint { lines.append("  try: \(hint)") }
        return lines.joined(separator: "\n")
    }

    /// What failed and why, in one line, for places that hold sentences.
    public var sentence: String {
        ([message] + (cause?.split(whereSeparator: \.isNewline).map(String.init) ?? [])).joined(separator: ": ")
    }

    /// The error as a `LabError`, whatever it was.
    public init(_ error: any Error, code: Code = .failed, while doing: String) {
        switch error {
        case let error as LabError: self = error
        case is CancellationError: self.init(.interrupted, "\(doing) was interrupted")
        default: self.init(code, "\(doing) failed", cause: String(describing: error))
        }
    }
}
