import Document
import PluginAPI

/// The fields of an OMB workload file that the simulation answers to.
struct SimulatedWorkload: Sendable {
    var name: String
    var topics: Int
    var partitionsPerTopic: Int
    var messageSize: Int
    var subscriptionsPerTopic: Int
    var producersPerTopic: Int
    var consumerPerSubscription: Int
    var producerRate: Int
    var consumerBacklogSizeGB: Int
    var testMinutes: Int
    var warmupMinutes: Int
    /// Whether there is a payload at all: without one OMB fails.
    var hasPayload: Bool

    /// Reads a workload file, with OMB's own defaults.
    ///
    /// - Throws: `DocumentError` where it is no YAML.
    init(_ yaml: [UInt8], path: String) throws {
        let fields = try YAML.parse(yaml, file: path)
        func number(_ key: String, or fallback: Int = 0) -> Int { fields.number(key) ?? fallback }
        name = fields["name"]?.text ?? "null"
        topics = number("topics")
        partitionsPerTopic = number("partitionsPerTopic")
        messageSize = fields["messageSizeDistribution"]?.meanSize ?? number("messageSize")
        subscriptionsPerTopic = number("subscriptionsPerTopic")
        producersPerTopic = number("producersPerTopic")
        consumerPerSubscription = number("consumerPerSubscription")
        producerRate = number("producerRate")
        consumerBacklogSizeGB = number("consumerBacklogSizeGB")
        testMinutes = number("testDurationMinutes")
        warmupMinutes = number("warmupDurationMinutes", or: 1)
        hasPayload = fields["payloadFile"]?.text != nil || fields["useRandomizedPayloads"]?.text == "true"
    }
}

/// The fields of an OMB driver file that the simulation answers to.
struct SimulatedDriver: Sendable {
    var name: String
    var driverClass: String
    var ensemble: Int
    var writeQuorum: Int
    var ackQuorum: Int
    var isBatching: Bool

    /// Reads a driver file, with the defaults of OMB's Pulsar driver.
    ///
    /// - Throws: `DocumentError` where it is no YAML.
    init(_ yaml: [UInt8], path: String) throws {
        let fields = try YAML.parse(yaml, file: path)
        let persistence = fields["client"]?["persistence"]
        func quorum(_ key: String, or fallback: Int) -> Int { max(persistence?.number(key) ?? fallback, 1) }
        name = fields["name"]?.text ?? "Pulsar"
        driverClass = fields["driverClass"]?.text ?? ""
        ensemble = quorum("ensembleSize", or: 3)
        writeQuorum = quorum("writeQuorum", or: 3)
        ackQuorum = min(quorum("ackQuorum", or: 2), writeQuorum)
        isBatching = fields["producer"]?["batchingEnabled"]?.text != "false"
    }
}

extension Node {
    /// The mean of a distribution of sizes, each range at its middle; nil when it is none.
    fileprivate var meanSize: Int? {
        guard let entries = mapping?.entries else { return nil }
        return entries.compactMap { entry in
            entry.value.scalar?.int.flatMap { Workload.SizeWeight(range: entry.key, weight: $0) }
        }.mean
    }

    /// The whole number at a key; what is no number counts as absent.
    fileprivate func number(_ key: String) -> Int? { self[key]?.text.flatMap { Int($0) } }
}
