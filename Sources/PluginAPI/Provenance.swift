/// Where a result comes from.
public struct Provenance: Sendable, Hashable, Codable {
    /// Who ran the benchmark.
    public enum Source: String, Sendable, Hashable, Codable, CaseIterable {
        /// LabHost, which also judged the run.
        case run
        /// Somebody else: what is known is what the file says.
        case imported = "import"
    }

    /// What a benchmark of some version writes.
    public enum Generation: String, Sendable, Hashable, Codable, CaseIterable {
        /// OMB before 2022: no publish delay, no failed sends, no message size.
        case ombWithoutDelay = "omb-without-delay"
        /// OMB since then.
        case ombWithDelay = "omb-with-delay"
    }

    /// Who ran the benchmark.
    public var source: Source
    /// What wrote the file.
    public var generation: Generation
    /// The file's name, without its directory.
    public var file: String
    /// The file's size in bytes.
    public var sizeBytes: Int
    /// The file's SHA-256 in hexadecimal.
    public var sha256: String

    /// Makes a provenance.
    public init(source: Source, generation: Generation, file: String, sizeBytes: Int, sha256: String) {
        self.source = source
        self.generation = generation
        self.file = file
        self.sizeBytes = sizeBytes
        self.sha256 = sha256
    }
}
