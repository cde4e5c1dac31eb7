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
    /// Why not; empty for a valid cell.
    public var causes: [VerdictReason]
    /// What was measured: the probe that answers the test run's question; nil when nothing was.
    public var result: BenchmarkResult?
    /// What a policy of several probes found; nil for a single probe.
    public var finding: Finding?
    /// Every probe, in order; empty for a single one, which is the result itself.
    public var probes: [ProbeOutcome]
    /// What was measured around the run; nil when nothing was, and with several probes, each of which has its own.
    public var conditions: RunConditions?

    /// Makes an outcome.
    public init(
        verdict: Verdict,
        causes: [VerdictReason],
        result: BenchmarkResult? = nil,
        finding: Finding? = nil,
        probes: [ProbeOutcome] = [],
        conditions: RunConditions? = nil
    ) {
        self.verdict = verdict
        self.causes = causes
        self.result = result
        self.finding = finding
        self.probes = probes
        self.conditions = conditions
    }

    /// Makes an outcome from sentences that have no code.
    public init(
        verdict: Verdict,
        reasons: [String] = [],
        result: BenchmarkResult? = nil,
        finding: Finding? = nil,
        probes: [ProbeOutcome] = []
    ) {
        let causes = reasons.map { VerdictReason(.other, $0) }
        self.init(verdict: verdict, causes: causes, result: result, finding: finding, probes: probes)
    }

    /// Why the verdict is not `valid`, one sentence each.
    public var reasons: [String] { causes.texts }

    private enum CodingKeys: String, CodingKey {
        case verdict, result, finding, probes, conditions
        case causes = "reasons"
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
    /// What that one did not keep; nil when all held.
    public var criterion: Criterion?
    /// Whether the last good rate was measured once more, and held.
    public var isConfirmed: Bool

    /// Something that a rate has to keep to count as held.
    public struct Criterion: Sendable, Hashable, Codable {
        /// What is looked at.
        public enum What: String, Sendable, Hashable, Codable, CaseIterable {
            /// A percentile of latency, in milliseconds: at most.
            case latency
            /// The share of the rate asked for that was published, in percent: at least.
            case achievedRate = "achieved_rate"
            /// The share of sends that failed, in percent: at most.
            case failedSends = "failed_sends"
            /// That there is a result that means something.
            case result
        }

        /// What is looked at.
        public var what: What
        /// What it was; nil when it was not measured.
        public var measured: Double?
        /// What it had to be; nil where there is no number.
        public var limit: Double?

        /// Makes a criterion.
        public init(_ what: What, measured: Double? = nil, limit: Double? = nil) {
            self.what = what
            self.measured = measured
            self.limit = limit
        }
    }

    /// Makes a finding.
    public init(
        lastGoodRate: Int?,
        firstBadRate: Int?,
        limit: String?,
        criterion: Criterion? = nil,
        isConfirmed: Bool
    ) {
        self.lastGoodRate = lastGoodRate
        self.firstBadRate = firstBadRate
        self.limit = limit
        self.criterion = criterion
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
    /// Why not.
    public var causes: [VerdictReason]
    /// Why it did not keep the policy's objective or criteria; nil when it did, or when there are none.
    public var failure: String?
    /// What was measured; nil when nothing was.
    public var result: BenchmarkResult?
    /// What was measured around the run; nil when nothing was.
    public var conditions: RunConditions?

    /// Makes an outcome.
    public init(
        name: String,
        rate: Int?,
        verdict: Verdict,
        causes: [VerdictReason],
        failure: String? = nil,
        result: BenchmarkResult? = nil,
        conditions: RunConditions? = nil
    ) {
        self.name = name
        self.rate = rate
        self.verdict = verdict
        self.causes = causes
        self.failure = failure
        self.result = result
        self.conditions = conditions
    }

    /// Makes an outcome from sentences that have no code.
    public init(
        name: String,
        rate: Int?,
        verdict: Verdict,
        reasons: [String] = [],
        failure: String? = nil,
        result: BenchmarkResult? = nil
    ) {
        let causes = reasons.map { VerdictReason(.other, $0) }
        self.init(name: name, rate: rate, verdict: verdict, causes: causes, failure: failure, result: result)
    }

    /// Why the verdict is not `valid`, one sentence each.
    public var reasons: [String] { causes.texts }

    private enum CodingKeys: String, CodingKey {
        case name, rate, verdict, failure, result, conditions
        case causes = "reasons"
    }
}
