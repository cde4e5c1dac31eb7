/// An OMB workload: what is sent, by whom, to how many, for how long.
public struct Workload: Sendable, Hashable, Codable {
    /// Topics.
    public var topics: Int
    /// Partitions of each topic.
    public var partitionsPerTopic: Int
    /// Bytes in each message; the mean where there is a distribution.
    public var messageSizeBytes: Int
    /// Weights of message sizes by range in bytes (`0-128`), in order; nil for one size.
    public var sizeDistribution: [SizeWeight]?
    /// The payload file on the client, an absolute path or one relative to OMB's own folder; nil for random payloads.
    public var payloadFile: String?
    /// Subscriptions of each topic.
    public var subscriptionsPerTopic: Int
    /// Producers of each topic.
    public var producersPerTopic: Int
    /// Consumers of each subscription.
    public var consumersPerSubscription: Int
    /// Messages a second over all producers; nil where the cell's policy chooses it.
    public var producerRate: Int?
    /// Backlog to build and drain, in GiB; 0 for none.
    public var consumerBacklogSizeGB: Int
    /// Whether two of three workers consume, and not half of them, where there are several: for backlogs to drain.
    public var extraConsumers: Bool
    /// How message keys are chosen: `NO_KEY`, `KEY_ROUND_ROBIN` or `RANDOM_NANO`.
    public var keyDistributor: String
    /// Minutes of warm-up, which are not measured.
    public var warmupMinutes: Int
    /// Minutes that are measured.
    public var testMinutes: Int

    /// How often messages of a size range are sent, as OMB's `messageSizeDistribution` has it.
    public struct SizeWeight: Sendable, Hashable, Codable {
        /// The smallest size in bytes.
        public var from: Int
        /// The size in bytes that the range ends before.
        public var to: Int
        /// How often, relative to the other ranges.
        public var weight: Int

        /// Makes a weight.
        public init(from: Int, to: Int, weight: Int) {
            self.from = from
            self.to = to
            self.weight = weight
        }

        /// Makes a weight of a range as OMB writes it, `128-512`; nil when it is none or does not rise.
        public init?(range: String, weight: Int) {
            let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count == 2, let from = ends[0], let to = ends[1], from >= 0, from < to else { return nil }
            self.init(from: from, to: to, weight: weight)
        }
    }

    /// Makes a workload.
    public init(
        topics: Int = 1,
        partitionsPerTopic: Int = 1,
        messageSizeBytes: Int = 1024,
        sizeDistribution: [SizeWeight]? = nil,
        payloadFile: String? = nil,
        subscriptionsPerTopic: Int = 1,
        producersPerTopic: Int = 1,
        consumersPerSubscription: Int = 1,
        producerRate: Int? = nil,
        consumerBacklogSizeGB: Int = 0,
        extraConsumers: Bool = false,
        keyDistributor: String = "NO_KEY",
        warmupMinutes: Int = 1,
        testMinutes: Int = 5
    ) {
        self.topics = topics
        self.partitionsPerTopic = partitionsPerTopic
        self.messageSizeBytes = messageSizeBytes
        self.sizeDistribution = sizeDistribution
        self.payloadFile = payloadFile
        self.subscriptionsPerTopic = subscriptionsPerTopic
        self.producersPerTopic = producersPerTopic
        self.consumersPerSubscription = consumersPerSubscription
        self.producerRate = producerRate
        self.consumerBacklogSizeGB = consumerBacklogSizeGB
        self.extraConsumers = extraConsumers
        self.keyDistributor = keyDistributor
        self.warmupMinutes = warmupMinutes
        self.testMinutes = testMinutes
    }
}

extension [Workload.SizeWeight] {
    /// The mean size in bytes, taking each range at its middle; nil when nothing has a weight.
    public var mean: Int? {
        let total = reduce(0) { $0 + $1.weight }
        guard total > 0 else { return nil }
        return reduce(0) { $0 + ($1.from + $1.to) / 2 * $1.weight } / total
    }
}
