/// One period of a running benchmark, as its console shows it.
public struct PeriodSample: Sendable, Hashable, Codable {
    /// The cell.
    public var cell: String
    /// Whether it belongs to the warm-up.
    public var isWarmup: Bool
    /// When it ended, in seconds since the benchmark began its workload, by the benchmark's own clock; nil when unknown.
    public var offsetSeconds: Double?
    /// How much of the warm-up or of the measured time was over, in seconds.
    public var elapsedSeconds: Int?
    /// How long the warm-up or the measured time is, in seconds.
    public var expectedSeconds: Int?
    /// The rate asked for; nil for a search.
    public var targetRate: Int?
    /// Messages acknowledged a second.
    public var publishRate: Double
    /// Messages consumed a second.
    public var consumeRate: Double
    /// Failed sends a second; nil when the console does not show them.
    public var publishErrorRate: Double?
    /// Messages not yet consumed.
    public var backlog: Double
    /// 99th percentile of publish latency in milliseconds.
    public var publishP99Ms: Double
    /// 99th percentile of publish delay in milliseconds; nil when the console does not show it.
    public var publishDelayP99Ms: Double?

    /// Makes a sample.
    public init(
        cell: String,
        isWarmup: Bool,
        offsetSeconds: Double? = nil,
        elapsedSeconds: Int? = nil,
        expectedSeconds: Int? = nil,
        targetRate: Int? = nil,
        publishRate: Double,
        consumeRate: Double,
        publishErrorRate: Double?,
        backlog: Double,
        publishP99Ms: Double,
        publishDelayP99Ms: Double?
    ) {
        self.cell = cell
        self.isWarmup = isWarmup
        self.offsetSeconds = offsetSeconds
        self.elapsedSeconds = elapsedSeconds
        self.expectedSeconds = expectedSeconds
        self.targetRate = targetRate
        self.publishRate = publishRate
        self.consumeRate = consumeRate
        self.publishErrorRate = publishErrorRate
        self.backlog = backlog
        self.publishP99Ms = publishP99Ms
        self.publishDelayP99Ms = publishDelayP99Ms
    }
}
