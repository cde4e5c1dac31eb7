import PluginAPI

/// The workload's keys as far as somebody wrote them: a whole base, or what one run overrides.
struct WorkloadValues: Decodable {
    var topics: Int?
    var partitionsPerTopic: Int?
    var messageSize: Int?
    var messageSizeDistribution: [String: Int]?
    var payloadFile: String?
    var subscriptionsPerTopic: Int?
    var producersPerTopic: Int?
    var consumersPerTopic: Int?
    var consumerBacklogSizeGB: Int?
    var extraConsumers: Bool?
    var keyDistributor: String?
    var testDurationMinutes: Int?
    var warmupDurationMinutes: Int?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case topics
        case partitionsPerTopic = "partitions_per_topic"
        case messageSize = "message_size"
        case messageSizeDistribution = "message_size_distribution"
        case payloadFile = "payload_file"
        case subscriptionsPerTopic = "subscriptions_per_topic"
        case producersPerTopic = "producers_per_topic"
        case consumersPerTopic = "consumers_per_topic"
        case consumerBacklogSizeGB = "consumer_backlog_size_gb"
        case extraConsumers = "extra_consumers"
        case keyDistributor = "key_distributor"
        case testDurationMinutes = "test_duration_minutes"
        case warmupDurationMinutes = "warmup_duration_minutes"
    }

    /// The distribution by rising size; nil when there is none.
    var weights: [Workload.SizeWeight]? {
        messageSizeDistribution.map { distribution in
            distribution.compactMap { Workload.SizeWeight(range: $0.key, weight: $0.value) }.sorted {
                ($0.from, $0.to) < ($1.from, $1.to)
            }
        }
    }

    /// The workload with these values in place of its own.
    func applied(to workload: Workload) -> Workload {
        var workload = workload
        func set<Value>(_ path: WritableKeyPath<Workload, Value>, _ value: Value?) {
            if let value { workload[keyPath: path] = value }
        }
        set(\.topics, topics)
        set(\.partitionsPerTopic, partitionsPerTopic)
        if let messageSize {
            workload.messageSizeBytes = messageSize
            workload.sizeDistribution = nil
        }
        if let weights, let mean = weights.mean {
            workload.sizeDistribution = weights
            workload.messageSizeBytes = mean
        }
        if let payloadFile { workload.payloadFile = payloadFile }
        set(\.subscriptionsPerTopic, subscriptionsPerTopic)
        set(\.producersPerTopic, producersPerTopic)
        set(\.consumersPerSubscription, consumersPerTopic)
        set(\.consumerBacklogSizeGB, consumerBacklogSizeGB)
        set(\.extraConsumers, extraConsumers)
        set(\.keyDistributor, keyDistributor)
        set(\.testMinutes, testDurationMinutes)
        set(\.warmupMinutes, warmupDurationMinutes)
        return workload
    }
}
