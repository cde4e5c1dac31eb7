public import Document

/// Something to say about a plan, at a place in it.
public struct Diagnostic: Sendable, Hashable, Codable {
    /// How bad it is.
    public enum Severity: String, Sendable, Hashable, Codable {
        /// The plan cannot be used.
        case error
        /// The plan can be used.
        case warning
    }

    /// The file, or another origin such as `command line`.
    public var file: String
    /// The line, counted from 1; nil when it is not about a line of a file.
    public var line: Int?
    /// The column, counted from 1 in characters.
    public var column: Int?
    /// How bad it is.
    public var severity: Severity
    /// The value that it is about, as a path from the plan's root; empty for the plan as a whole.
    public var path: String
    /// What is wrong, in one line.
    public var message: String

    /// Makes a diagnostic.
    public init(_ severity: Severity = .error, at mark: SourceMark, path: String, _ message: String) {
        self.file = mark.file
        self.line = mark.isInFile ? mark.line : nil
        self.column = mark.isInFile ? mark.column : nil
        self.severity = severity
        self.path = path
        self.message = message
    }

    /// Makes a diagnostic of a document that cannot be read.
    public init(_ error: DocumentError) { self.init(at: error.mark, path: "", error.message) }
}

/// Why a plan cannot be used: every fault of it.
public struct PlanFaults: Error, Sendable {
    /// The faults, in the order of the file.
    public var diagnostics: [Diagnostic]
    /// The files that the faults point into.
    public var sources: [SourceFile]

    /// Makes a collection of faults.
    public init(_ diagnostics: [Diagnostic], sources: [SourceFile]) {
        self.diagnostics = diagnostics
        self.sources = sources
    }

    /// The faults as a compiler prints them.
    public var rendered: String { DiagnosticRenderer(sources: sources).render(diagnostics) }
}

extension PlanFaults: CustomStringConvertible {
    /// The faults as a compiler prints them.
    public var description: String { rendered }
}
