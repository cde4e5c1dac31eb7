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
    init(_ yaml: String) {
        let fields = FlatYAML(yaml)
        func number(_ key: String, or fallback: Int = 0) -> Int { fields[key].flatMap { Int($0) } ?? fallback }
        name = fields["name"] ?? "null"
        topics = number("topics")
        partitionsPerTopic = number("partitionsPerTopic")
        messageSize = number("messageSize")
        subscriptionsPerTopic = number("subscriptionsPerTopic")
        producersPerTopic = number("producersPerTopic")
        consumerPerSubscription = number("consumerPerSubscription")
        producerRate = number("producerRate")
        consumerBacklogSizeGB = number("consumerBacklogSizeGB")
        testMinutes = number("testDurationMinutes")
        warmupMinutes = number("warmupDurationMinutes", or: 1)
        hasPayload = fields["payloadFile"] != nil || fields["useRandomizedPayloads"] == "true"
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
    init(_ yaml: String) {
        let fields = FlatYAML(yaml)
        func number(_ key: String, or fallback: Int) -> Int { max(fields[key].flatMap { Int($0) } ?? fallback, 1) }
        name = fields["name"] ?? "Pulsar"
        driverClass = fields["driverClass"] ?? ""
        ensemble = number("ensembleSize", or: 3)
        writeQuorum = number("writeQuorum", or: 3)
        ackQuorum = min(number("ackQuorum", or: 2), writeQuorum)
        isBatching = fields["batchingEnabled"] != "false"
    }
}

/// The scalars of a YAML file by key, wherever they are nested: enough for two files of known shape.
private struct FlatYAML {
    private var values: [String: String] = [:]

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let key = line[..<colon].drop { $0 == " " }
            var value = line[line.index(after: colon)...].drop { $0 == " " }
            if value.first == "\"", let end = value.dropFirst().firstIndex(of: "\"") {
                value = value[value.index(after: value.startIndex)..<end]
            } else if let comment = value.firstRange(of: " #") {
                value = value[..<comment.lowerBound]
            }
            while value.last == " " { value.removeLast() }
            if !value.isEmpty, values[String(key)] == nil { values[String(key)] = String(value) }
        }
    }

    subscript(key: String) -> String? { values[key] }
}
