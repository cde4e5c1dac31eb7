import AWS
public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What CloudWatch knows of the cluster's instances and volumes: `cloudwatch`.
///
/// It is asked once, when the cell is over. CloudWatch publishes a value minutes after what it measures, and most of an instance's every
/// five minutes only: of a short cell it may know nothing, and then nothing is said.
public struct CloudWatchMetrics: MetricsCollector {
    /// Needs hosts that are EC2 instances.
    public static let descriptor = PluginDescriptor(
        id: "cloudwatch",
        phase: .metrics,
        summary: "EBS and EC2 metrics: throughput, queues, credits left",
        requires: [.ec2Hosts],
        actions: CloudWatch.actions
    )

    private let service: CloudWatch
    private let clock: LabClock
    private let options: CloudWatchOptions

    /// Makes the collector.
    public init(options: CloudWatchOptions, context: PluginContext) {
        service = CloudWatch(context)
        clock = context.clock
        self.options = options
    }

    /// Nothing: CloudWatch measures anyway.
    public func begin(_ request: MetricsRequest, through executor: any Executor) async throws {}

    /// Asks for every metric of every instance and volume since the cell began.
    public func end(_ request: MetricsRequest, through executor: any Executor) async throws -> CollectedMetrics {
        let end = clock.now()
        if options.wait > .zero { try await clock.sleep(options.wait) }
        let targets = Self.targets(of: request)
        guard !targets.isEmpty else { return CollectedMetrics() }
        let found: [[CloudWatch.Point]]
        do {
            found = try await service.data(
                for: targets.map { $0.metric.query(of: $0.resource) },
                // Steps begin at whole periods; the one in which the cell began is wanted, too.
                from: Date(timeIntervalSince1970: (request.startedAt.timeIntervalSince1970 / 300).rounded(.down) * 300),
                to: end
            )
        } catch {
            throw LabError(aws: error, .failed, while: "asking CloudWatch")
        }
        let known = zip(targets, found).filter { !$1.isEmpty }.map { Known(target: $0, points: $1) }
        return CollectedMetrics(
            series: known.compactMap(\.series),
            causes: causes(in: known)
        )
    }

    /// One metric of one resource.
    struct Target: Sendable {
        var metric: WatchedMetric
        var resource: String
        var host: String
        /// Which of the host's volumes; nil for the host itself.
        var volume: String?
    }

    /// What is known of a target.
    struct Known: Sendable {
        var target: Target
        var points: [CloudWatch.Point]

        var series: MetricSeries? {
            let step = Double(target.metric.period)
            return MetricSeries(
                host: target.host,
                name: target.volume.map { "\($0)_\(target.metric.name)" } ?? target.metric.name,
                unit: target.metric.unit,
                points: points.map {
                    ($0.time.timeIntervalSince1970, target.metric.isSum ? $0.value / step : $0.value)
                },
                stepSeconds: step
            )
        }
    }

    static func targets(of request: MetricsRequest) -> [Target] {
        let hosts = Set(request.cluster.hosts.map(\.name))
        let instances = request.cluster.hosts.filter { $0.instanceID.hasPrefix("i-") }.flatMap { host in
            WatchedMetric.all.filter { $0.kind == .instance }
                .map { Target(metric: $0, resource: host.instanceID, host: host.name) }
        }
        let volumes = request.resources.filter { $0.kind == "volume" }.flatMap { volume -> [Target] in
            // A volume is named after its host: `bookie-1/data`.
            let parts = volume.name.split(separator: "/", maxSplits: 1).map(String.init)
            guard let host = parts.first, hosts.contains(host), parts.count == 2 else { return [] }
            return WatchedMetric.all.filter { $0.kind == .volume }
                .map { Target(metric: $0, resource: volume.id, host: host, volume: parts[1]) }
        }
        return instances + volumes
    }

    private func causes(in known: [Known]) -> [VerdictReason] {
        // In unlimited mode an instance whose credits are used up is not throttled: it takes more, and pays for them.
        let unlimited = Set(
            known.filter { $0.target.metric.metric == WatchedMetric.surplus && $0.points.contains { $0.value > 0 } }
                .map(\.target.resource)
        )
        return known.compactMap { known in
            let target = known.target
            let what = target.volume.map { "\(target.host)'s volume \($0)" } ?? target.host
            switch target.metric.limit {
            case .balance(let code, let credits):
                guard let lowest = known.points.map(\.value).min(), lowest <= 0 else { return nil }
                if target.metric.metric == "CPUCreditBalance", unlimited.contains(target.resource) { return nil }
                return VerdictReason(code, "\(what) had used up its \(credits), and was throttled")
            case .exceeded(let code, let provision):
                guard known.points.contains(where: { $0.value > 0 }) else { return nil }
                let minutes = known.points.count { $0.value > 0 }
                let text = "\(what) was asked for more than its provisioned \(provision) in \(minutes) minutes"
                return VerdictReason(code, text)
            case nil: return nil
            }
        }
    }
}

/// The options of ``CloudWatchMetrics``.
public struct CloudWatchOptions: PluginOptions {
    /// How long to wait after a cell before CloudWatch is asked.
    public var wait: Duration

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "wait",
            .duration,
            "How long to wait after a cell before CloudWatch is asked: it publishes values minutes late.",
            default: "0s"
        )
    ]

    /// Makes options.
    public init(wait: Duration = .zero) { self.wait = wait }
}
