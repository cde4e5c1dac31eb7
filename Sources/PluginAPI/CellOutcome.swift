/// Whether numbers can be trusted.
public enum Verdict: String, Sendable, Hashable, Codable {
    /// They can.
    case valid
    /// They were measured, and something casts doubt on them.
    case suspect
    /// There are none, or they mean nothing.
    case invalid
}

/// What became of a cell.
public struct CellOutcome: Sendable, Hashable, Codable {
    /// Whether its numbers can be trusted.
    public var verdict: Verdict
    /// Why not, one sentence each; empty for a valid cell.
    public var reasons: [String]
    /// What was measured: the probe that answers the test run's question; nil when nothing was.
    public var result: BenchmarkResult?
    /// What a policy of several probes found; nil for a single probe.
    public var finding: Finding?
    /// Every probe, in order; empty for a single one, which is the result itself.
    public var probes: [ProbeOutcome]

    /// Makes an outcome.
    public init(
        verdict: Verdict,
        reasons: [String] = [],
        result: BenchmarkResult? = nil,
        finding: Finding? = nil,
        probes: [ProbeOutcome] = []
    ) {
        self.verdict = verdict
        self.reasons = reasons
        self.result = result
        self.finding = finding
        self.probes = probes
    }
}

/// What a policy of several probes found. Rates are messages a second.
public struct Finding: Sendable, Hashable, Codable {
    /// The highest rate that held; nil when none did.
    public var lastGoodRate: Int?
    /// The lowest rate that did not; nil when all held.
    public var firstBadRate: Int?
    /// Why that one did not, in one sentence.
    public var limit: String?
    /// Whether the last good rate was measured once more, and held.
    public var isConfirmed: Bool

    /// Makes a finding.
    public init(lastGoodRate: Int?, firstBadRate: Int?, limit: String?, isConfirmed: Bool) {
        self.lastGoodRate = lastGoodRate
        self.firstBadRate = firstBadRate
        self.limit = limit
        self.isConfirmed = isConfirmed
    }
}

/// One run of the benchmark within a cell.
public struct ProbeOutcome: Sendable, Hashable, Codable {
    /// Its name, unique in the cell: `p03-25000`.
    public var name: String
    /// The rate asked for; nil for OMB's own search.
    public var rate: Int?
    /// Whether its numbers can be trusted.
    public var verdict: Verdict
    /// Why not, one sentence each.
    public var reasons: [String]
    /// Why it did not keep the policy's objective or criteria; nil when it did, or when there are none.
    public var failure: String?
    /// What was measured; nil when nothing was.
    public var result: BenchmarkResult?

    /// Makes an outcome.
    public init(
        name: String,
        rate: Int?,
        verdict: Verdict,
        reasons: [String] = [],
        failure: String? = nil,
        result: BenchmarkResult? = nil
    ) {
        self.name = name
        self.rate = rate
        self.verdict = verdict
        self.reasons = reasons
        self.failure = failure
        self.result = result
    }
}
