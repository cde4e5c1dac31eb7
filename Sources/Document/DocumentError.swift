/// Why a document cannot be read, or a value not be decoded, and where.
public struct DocumentError: Error, Sendable, Hashable {
    /// The place.
    public var mark: SourceMark
    /// What is wrong there, in one line.
    public var message: String

    /// Makes an error.
    public init(_ message: String, at mark: SourceMark) {
        self.mark = mark
        self.message = message
    }
}

extension DocumentError: CustomStringConvertible {
    /// The error as a compiler writes it: `plan.yaml:3:7: error: …`.
    public var description: String { "\(mark): error: \(message)" }
}

/// How much a document may ask of the one who reads it.
public struct DocumentLimits: Sendable, Hashable {
    /// The longest input in bytes.
    public var bytes: Int
    /// The deepest nesting.
    public var depth: Int
    /// The most values, each alias counted with all that it stands for.
    public var nodes: Int

    /// Makes limits.
    public init(bytes: Int, depth: Int = 64, nodes: Int) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
    }

    /// For files that a person writes: 1 MB and 200,000 values.
    public static let plan = DocumentLimits(bytes: 1 << 20, nodes: 200_000)
    /// For what programs write: 100 MB.
    public static let result = DocumentLimits(bytes: 100 << 20, nodes: 20_000_000)
}
