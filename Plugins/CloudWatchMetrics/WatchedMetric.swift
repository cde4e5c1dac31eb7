import AWS
import PluginAPI

/// A metric that is read of every resource of a kind, and what it means when it is at its limit.
///
/// Source: "Amazon CloudWatch metrics for Amazon EBS" and "List the available CloudWatch metrics for your instances", EC2 user guide.
/// Volumes are measured every minute, instances every five, and credits never more often.
struct WatchedMetric: Sendable, Hashable {
    enum Kind: Sendable { case volume, instance }

    /// What the lowest or highest value of it says of a run.
    enum Limit: Sendable, Hashable {
        /// A balance that is used up at 0: the code, and what was throttled.
        case balance(VerdictReason.Code, String)
        /// A check that is 1 where more was asked for than is provisioned.
        case exceeded(VerdictReason.Code, String)
    }

    var kind: Kind
    /// CloudWatch's name.
    var metric: String
    /// The series' name.
    var name: String
    var unit: String
    /// Whether it is counted over a step, and shown as a rate a second.
    var isSum = false
    var limit: Limit?

    var period: Int { kind == .volume ? 60 : 300 }

    func query(of resource: String) -> CloudWatch.Query {
        let isCheck = if case .exceeded = limit { true } else { false }
        let isBalance = if case .balance = limit { true } else { false }
        return CloudWatch.Query(
            namespace: kind == .volume ? "AWS/EBS" : "AWS/EC2",
            metric: metric,
            dimension: kind == .volume ? "VolumeId" : "InstanceId",
            resource: resource,
            statistic: isSum ? "Sum" : isCheck ? "Maximum" : isBalance ? "Minimum" : "Average",
            period: period
        )
    }

    static let surplus = "CPUSurplusCreditBalance"

    static let all: [WatchedMetric] = [
        .init(kind: .volume, metric: "VolumeReadOps", name: "read_ops", unit: "1/s", isSum: true),
        .init(kind: .volume, metric: "VolumeWriteOps", name: "write_ops", unit: "1/s", isSum: true),
        .init(kind: .volume, metric: "VolumeReadBytes", name: "read", unit: "B/s", isSum: true),
        .init(kind: .volume, metric: "VolumeWriteBytes", name: "write", unit: "B/s", isSum: true),
        .init(kind: .volume, metric: "VolumeQueueLength", name: "queue", unit: "1"),
        .init(
            kind: .volume,
            metric: "BurstBalance",
            name: "burst_balance",
            unit: "%",
            limit: .balance(.burstCredits, "burst credits")
        ),
        .init(
            kind: .volume,
            metric: "VolumeIOPSExceededCheck",
            name: "iops_exceeded",
            unit: "1",
            limit: .exceeded(.diskLimit, "operations a second")
        ),
        .init(
            kind: .volume,
            metric: "VolumeThroughputExceededCheck",
            name: "throughput_exceeded",
            unit: "1",
            limit: .exceeded(.diskLimit, "throughput")
        ),
        .init(
            kind: .instance,
            metric: "CPUCreditBalance",
            name: "cpu_credits",
            unit: "1",
            limit: .balance(.burstCredits, "CPU credits")
        ),
        .init(kind: .instance, metric: surplus, name: "cpu_surplus_credits", unit: "1"),
        .init(
            kind: .instance,
            metric: "EBSIOBalance%",
            name: "ebs_io_balance",
            unit: "%",
            limit: .balance(.burstCredits, "credits for operations on its volumes")
        ),
        .init(
            kind: .instance,
            metric: "EBSByteBalance%",
            name: "ebs_byte_balance",
            unit: "%",
            limit: .balance(.burstCredits, "credits for throughput to its volumes")
        ),
        .init(kind: .instance, metric: "NetworkIn", name: "network_in", unit: "B/s", isSum: true),
        .init(kind: .instance, metric: "NetworkOut", name: "network_out", unit: "B/s", isSum: true),
    ]
}
