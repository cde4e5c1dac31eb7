import Document
import PluginAPI

/// An OMB workload file.
///
/// OMB ignores keys that it does not know and takes 0 for those that are missing, so every key is written, and what
/// OMB would take without complaint and then run for ever, or silently wrongly, is refused here.
struct WorkloadFile {
    /// The name that OMB puts into its log and its result.
    let name: String
    private let workload: Workload
    private let home: String

    /// Describes a cell's workload to the OMB installed in `home`.
    init(for cell: Cell, home: String) {
        name = cell.name
        workload = cell.workload
        self.home = home
    }

    /// What OMB would get wrong, one sentence each; empty when it may run.
    var faults: [String] {
        var faults: [String] = []
        func require(_ holds: Bool, _ fault: @autoclosure () -> String) {
            if !holds { faults.append(fault()) }
        }
        require(!name.contains("/") && !name.isEmpty, "the workload's name \"\(name)\" would lose OMB its result file")
        require(
            workload.testMinutes >= 1,
            "OMB runs for ever when testDurationMinutes is \(workload.testMinutes); it must be at least 1"
        )
        require(workload.warmupMinutes >= 0, "warmupDurationMinutes is \(workload.warmupMinutes), below 0")
        let counts = [
            ("topics", workload.topics), ("partitionsPerTopic", workload.partitionsPerTopic),
            ("messageSize", workload.messageSizeBytes), ("subscriptionsPerTopic", workload.subscriptionsPerTopic),
            ("producersPerTopic", workload.producersPerTopic),
            ("consumerPerSubscription", workload.consumersPerSubscription),
        ]
        for (key, count) in counts { require(count >= 1, "\(key) is \(count); it must be at least 1") }
        if let rate = workload.producerRate {
            require(rate >= 1, "producerRate is \(rate), which OMB takes for a search of its own")
        }
        require(workload.consumerBacklogSizeGB >= 0, "consumerBacklogSizeGB is \(workload.consumerBacklogSizeGB)")
        require(
            workload.consumerBacklogSizeGB == 0 || workload.producerRate != nil,
            "OMB refuses a backlog of \(workload.consumerBacklogSizeGB) GiB without a fixed producerRate"
        )
        require(
            ["NO_KEY", "KEY_ROUND_ROBIN", "RANDOM_NANO"].contains(workload.keyDistributor),
            "OMB silently takes NO_KEY for the unknown keyDistributor \"\(workload.keyDistributor)\""
        )
        return faults
    }

    /// The file's content.
    var yaml: String {
        var lines = [
            "name: \(YAML.quoted(name))",
            "topics: \(workload.topics)",
            "partitionsPerTopic: \(workload.partitionsPerTopic)",
            "keyDistributor: \(YAML.quoted(workload.keyDistributor))",
        ]
        if let sizes = workload.sizeDistribution {
            // OMB makes the payloads itself, of sizes in these proportions.
            lines.append("messageSizeDistribution:")
            lines += sizes.map { "  \(YAML.quoted("\($0.from)-\($0.to)")): \($0.weight)" }
        } else {
            lines.append("messageSize: \(workload.messageSizeBytes)")
        }
        if let file = workload.payloadFile {
            lines.append("payloadFile: \(YAML.quoted(file.hasPrefix("/") ? file : "\(home)/\(file)"))")
        } else {
            // A pool of 0 payloads kills the sending threads, and the run goes on with zeros.
            lines += ["useRandomizedPayloads: true", "randomBytesRatio: 0.5", "randomizedPayloadPoolSize: 1000"]
        }
        lines += [
            "subscriptionsPerTopic: \(workload.subscriptionsPerTopic)",
            "producersPerTopic: \(workload.producersPerTopic)",
            "consumerPerSubscription: \(workload.consumersPerSubscription)",
            "producerRate: \(workload.producerRate ?? 0)",
            "consumerBacklogSizeGB: \(workload.consumerBacklogSizeGB)",
            "testDurationMinutes: \(workload.testMinutes)",
            "warmupDurationMinutes: \(workload.warmupMinutes)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
