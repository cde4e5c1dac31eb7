/// What one OMB process measured. Rates are messages a second, latencies milliseconds, sizes bytes.
///
/// A value that OMB did not report is nil, never 0. Field names of the source are in OMB's `TestResult`.
public struct BenchmarkResult: Sendable, Hashable, Codable {
    /// The workload's name as OMB has it.
    public var workload: String
    /// The driver's name as OMB has it.
    public var driver: String
    /// Bytes in each message.
    public var messageSizeBytes: Int?
    /// Mean rate acknowledged over the measured periods.
    public var publishRate: Double
    /// Mean rate consumed over the measured periods.
    public var consumeRate: Double
    /// Mean rate of failed sends; nil in results of an OMB that did not report it.
    public var publishErrorRate: Double?
    /// The backlog in messages at the end of the last period.
    public var finalBacklog: Int?
    /// From the send call to the acknowledgement.
    public var publishLatency: Latency
    /// From the intended to the actual send: the sign of overload. Nil from an OMB that does not measure it.
    public var publishDelay: Latency?
    /// From send to receipt; 1 ms resolution, and distorted by clock skew between workers.
    public var endToEndLatency: Latency?
    /// One element for each measured period of about 10 s, or for several where ``merging`` says so.
    public var periods: [Period]
    /// How periods were put together in a run that was too long to keep each; nil for a run of at most a day.
    public var merging: Merging?
    /// Where the result comes from; nil in outcomes that were stored before this was kept.
    public var provenance: Provenance?

    /// How many periods of about 10 s were measured.
    public var periodCount: Int { merging?.periods ?? periods.count }

    /// How neighbouring periods were put together: rates are means, percentiles the worst, the backlog the last.
    public struct Merging: Sendable, Hashable, Codable {
        /// How many periods were measured.
        public var periods: Int
        /// How many of them each element stands for; the last one may stand for fewer.
        public var span: Int

        /// Makes a merging.
        public init(periods: Int, span: Int) {
            self.periods = periods
            self.span = span
        }
    }

    /// A latency distribution over the whole measured time, in milliseconds.
    public struct Latency: Sendable, Hashable, Codable {
        /// The mean.
        public var meanMs: Double
        /// The median.
        public var p50Ms: Double
        /// The 75th percentile.
        public var p75Ms: Double
        /// The 95th percentile.
        public var p95Ms: Double
        /// The 99th percentile.
        public var p99Ms: Double
        /// The 99.9th percentile.
        public var p999Ms: Double
        /// The 99.99th percentile.
        public var p9999Ms: Double
        /// The longest.
        public var maxMs: Double
        /// The whole distribution, by rising percentile (0 to 100); empty when nothing was recorded.
        public var quantiles: [Quantile]

        /// Makes a distribution.
        public init(
            meanMs: Double,
            p50Ms: Double,
            p75Ms: Double,
            p95Ms: Double,
            p99Ms: Double,
            p999Ms: Double,
            p9999Ms: Double,
            maxMs: Double,
            quantiles: [Quantile] = []
        ) {
            self.meanMs = meanMs
            self.p50Ms = p50Ms
            self.p75Ms = p75Ms
            self.p95Ms = p95Ms
            self.p99Ms = p99Ms
            self.p999Ms = p999Ms
            self.p9999Ms = p9999Ms
            self.maxMs = maxMs
            self.quantiles = quantiles
        }
    }

    /// One point of a distribution.
    public struct Quantile: Sendable, Hashable, Codable {
        /// The percentile, 0 to 100.
        public var percentile: Double
        /// The latency in milliseconds.
        public var valueMs: Double

        /// Makes a point.
        public init(percentile: Double, valueMs: Double) {
            self.percentile = percentile
            self.valueMs = valueMs
        }
    }

    /// One period of about 10 s.
    public struct Period: Sendable, Hashable, Codable {
        /// Messages acknowledged a second.
        public var publishRate: Double
        /// Messages consumed a second.
        public var consumeRate: Double
        /// Failed sends a second.
        public var publishErrorRate: Double?
        /// Messages not yet consumed.
        public var backlog: Int?
        /// Median publish latency.
        public var publishP50Ms: Double?
        /// 99th percentile of publish latency.
        public var publishP99Ms: Double?
        /// 99th percentile of publish delay.
        public var publishDelayP99Ms: Double?
        /// 99th percentile of end-to-end latency.
        public var endToEndP99Ms: Double?

        /// Makes a period.
        public init(
            publishRate: Double,
            consumeRate: Double,
            publishErrorRate: Double? = nil,
            backlog: Int? = nil,
            publishP50Ms: Double? = nil,
            publishP99Ms: Double? = nil,
            publishDelayP99Ms: Double? = nil,
            endToEndP99Ms: Double? = nil
        ) {
            self.publishRate = publishRate
            self.consumeRate = consumeRate
            self.publishErrorRate = publishErrorRate
            self.backlog = backlog
            self.publishP50Ms = publishP50Ms
            self.publishP99Ms = publishP99Ms
            self.publishDelayP99Ms = publishDelayP99Ms
            self.endToEndP99Ms = endToEndP99Ms
        }
    }

    /// Makes a result.
    public init(
        workload: String,
        driver: String,
        messageSizeBytes: Int?,
        publishRate: Double,
        consumeRate: Double,
        publishErrorRate: Double?,
        finalBacklog: Int?,
        publishLatency: Latency,
        publishDelay: Latency?,
        endToEndLatency: Latency?,
        periods: [Period],
        merging: Merging? = nil,
        provenance: Provenance? = nil
    ) {
        self.workload = workload
        self.driver = driver
        self.messageSizeBytes = messageSizeBytes
        self.publishRate = publishRate
        self.consumeRate = consumeRate
        self.publishErrorRate = publishErrorRate
        self.finalBacklog = finalBacklog
        self.publishLatency = publishLatency
        self.publishDelay = publishDelay
        self.endToEndLatency = endToEndLatency
        self.periods = periods
        self.merging = merging
        self.provenance = provenance
    }
}
