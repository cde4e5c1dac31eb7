/// How the rate of a run is chosen.
public enum RunType: String, Sendable, Hashable, Codable, CaseIterable {
    /// One fixed rate.
    case fixedRate = "fixed_rate"
    /// OMB's own search for the highest rate; its result is a hint.
    case maxRate = "max_rate"
}

/// An OMB workload: what is sent, by whom, to how many, for how long.
public struct Workload: Sendable, Hashable, Codable {
    /// Topics.
    public var topics: Int
    /// Partitions of each topic.
    public var partitionsPerTopic: Int
    /// Bytes in each message.
    public var messageSizeBytes: Int
    /// The payload file on the client, an absolute path or one relative to OMB's own folder; nil for random payloads.
    public var payloadFile: String?
    /// Subscriptions of each topic.
    public var subscriptionsPerTopic: Int
    /// Producers of each topic.
    public var producersPerTopic: Int
    /// Consumers of each subscription.
    public var consumersPerSubscription: Int
    /// Messages a second over all producers; nil for OMB's own search.
    public var producerRate: Int?
    /// Backlog to build and drain, in GiB; 0 for none.
    public var consumerBacklogSizeGB: Int
    /// How message keys are chosen: `NO_KEY`, `KEY_ROUND_ROBIN` or `RANDOM_NANO`.
    public var keyDistributor: String
    /// Minutes of warm-up, which are not measured.
    public var warmupMinutes: Int
    /// Minutes that are measured.
    public var testMinutes: Int

    /// Makes a workload.
    public init(
        topics: Int = 1,
        partitionsPerTopic: Int = 1,
        messageSizeBytes: Int = 1024,
        payloadFile: String? = nil,
        subscriptionsPerTopic: Int = 1,
        producersPerTopic: Int = 1,
        consumersPerSubscription: Int = 1,
        producerRate: Int? = nil,
        consumerBacklogSizeGB: Int = 0,
        keyDistributor: String = "NO_KEY",
        warmupMinutes: Int = 1,
        testMinutes: Int = 5
    ) {
        self.topics = topics
        self.partitionsPerTopic = partitionsPerTopic
        self.messageSizeBytes = messageSizeBytes
        self.payloadFile = payloadFile
        self.subscriptionsPerTopic = subscriptionsPerTopic
        self.producersPerTopic = producersPerTopic
        self.consumersPerSubscription = consumersPerSubscription
        self.producerRate = producerRate
        self.consumerBacklogSizeGB = consumerBacklogSizeGB
        self.keyDistributor = keyDistributor
        self.warmupMinutes = warmupMinutes
        self.testMinutes = testMinutes
    }
}

/// One workload on one cluster configuration, once.
public struct Cell: Sendable, Hashable, Codable {
    /// A short stable readable name, unique in the experiment: `fixed-10k#2`. `[a-z0-9.#-]`, used as a directory.
    public var name: String
    /// The test run that it comes from.
    public var run: String
    /// How its rate is chosen.
    public var type: RunType
    /// Which repetition it is, from 1.
    public var repetition: Int
    /// The workload.
    public var workload: Workload
    /// How long the cell may take in all, in seconds.
    public var timeoutSeconds: Int

    /// Makes a cell.
    public init(
        name: String,
        run: String,
        type: RunType,
        repetition: Int,
        workload: Workload,
        timeoutSeconds: Int
    ) {
        self.name = name
        self.run = run
        self.type = type
        self.repetition = repetition
        self.workload = workload
        self.timeoutSeconds = timeoutSeconds
    }
}
