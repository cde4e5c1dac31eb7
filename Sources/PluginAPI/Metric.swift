/// A figure that cells are ranked, compared and followed over time by.
///
/// The names are those of a plan's `metrics_to_highlight`, of `labhost compare --threshold` and of the history's columns.
public enum Metric: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
    /// Messages acknowledged a second.
    case throughput
    /// Bytes acknowledged a second, in MB (10⁶ bytes).
    case throughputMB = "throughput_mb"
    /// Messages consumed a second.
    case consumeRate = "consume_rate"
    /// The highest rate that a ramp or a search found to hold.
    case sustainedRate = "sustained_rate"
    /// The mean of publish latency.
    case meanLatency = "mean_latency"
    /// The median of publish latency.
    case p50Latency = "p50_latency"
    /// The 95th percentile of publish latency.
    case p95Latency = "p95_latency"
    /// The 99th percentile of publish latency.
    case p99Latency = "p99_latency"
    /// The 99.9th percentile of publish latency.
    case p999Latency = "p999_latency"
    /// The longest publish latency.
    case maxLatency = "max_latency"
    /// The median from send to receipt.
    case endToEndP50Latency = "e2e_p50_latency"
    /// The 99th percentile from send to receipt.
    case endToEndP99Latency = "e2e_p99_latency"
    /// The 99th percentile of how late messages were sent.
    case publishDelayP99 = "publish_delay_p99"
    /// Failed sends a second.
    case errorRate = "error_rate"
    /// Messages not consumed at the end.
    case backlog
    /// What the cell cost.
    case cost
    /// What a million messages cost.
    case costPerMillionMessages = "cost_per_million_msgs"
    /// What a GB (10⁹ bytes) cost.
    case costPerGB = "cost_per_gb"

    /// Which way is better.
    public enum Direction: String, Sendable, Hashable, Codable {
        case higherIsBetter = "higher"
        case lowerIsBetter = "lower"
    }

    /// The metric of a name; nil when there is none.
    public init?(name: String) { self.init(rawValue: name) }

    /// The name in plans, flags, files and the history.
    public var name: String { rawValue }

    /// The unit of its values: `msg/s`, `MB/s`, `ms`, `messages` or `USD`.
    public var unit: String {
        switch self {
        case .throughput, .consumeRate, .sustainedRate, .errorRate: "msg/s"
        case .throughputMB: "MB/s"
        case .backlog: "messages"
        case .cost, .costPerMillionMessages, .costPerGB: "USD"
        default: "ms"
        }
    }

    /// Which way is better.
    public var direction: Direction {
        switch self {
        case .throughput, .throughputMB, .consumeRate, .sustainedRate: .higherIsBetter
        default: .lowerIsBetter
        }
    }

    /// What it is called in headings: `p99 latency`.
    public var title: String {
        switch self {
        case .throughput: "throughput"
        case .throughputMB: "throughput in MB/s"
        case .consumeRate: "consume rate"
        case .sustainedRate: "sustained rate"
        case .meanLatency: "mean latency"
        case .p50Latency: "median latency"
        case .p95Latency: "p95 latency"
        case .p99Latency: "p99 latency"
        case .p999Latency: "p99.9 latency"
        case .maxLatency: "longest latency"
        case .endToEndP50Latency: "end-to-end median"
        case .endToEndP99Latency: "end-to-end p99"
        case .publishDelayP99: "publish delay p99"
        case .errorRate: "failed sends"
        case .backlog: "final backlog"
        case .cost: "cost"
        case .costPerMillionMessages: "cost per million messages"
        case .costPerGB: "cost per GB"
        }
    }

    /// The value that a cell has.
    ///
    /// - Parameters:
    ///   - cell: The cell.
    ///   - outcome: What became of it.
    ///   - costs: What it cost; nil when nobody has reckoned.
    /// - Returns: The value; nil when it was not measured, or is not known.
    public func value(of cell: Cell, _ outcome: CellOutcome, costs: CellCosts?) -> Double? {
        let value: Double? =
            switch self {
            case .sustainedRate: outcome.finding?.lastGoodRate.map { Double($0) }
            case .cost: costs?.cost.usd
            case .costPerMillionMessages: costs?.perMillionMessages.usd
            case .costPerGB: costs?.perGB.usd
            default: outcome.result.flatMap { measured(in: $0, size: cell.workload.messageSizeBytes) }
            }
        return value.flatMap { $0.isFinite ? $0 : nil }
    }

    private func measured(in result: BenchmarkResult, size: Int) -> Double? {
        switch self {
        case .throughput: result.publishRate
        case .throughputMB: result.publishRate * Double(result.messageSizeBytes ?? size) / 1e6
        case .consumeRate: result.consumeRate
        case .meanLatency: result.publishLatency.meanMs
        case .p50Latency: result.publishLatency.p50Ms
        case .p95Latency: result.publishLatency.p95Ms
        case .p99Latency: result.publishLatency.p99Ms
        case .p999Latency: result.publishLatency.p999Ms
        case .maxLatency: result.publishLatency.maxMs
        case .endToEndP50Latency: result.endToEndLatency?.p50Ms
        case .endToEndP99Latency: result.endToEndLatency?.p99Ms
        case .publishDelayP99: result.publishDelay?.p99Ms
        case .errorRate: result.publishErrorRate
        case .backlog: result.finalBacklog.map(Double.init)
        case .sustainedRate, .cost, .costPerMillionMessages, .costPerGB: nil
        }
    }

    /// The value in one period; nil where OMB reports none.
    public func value(in period: BenchmarkResult.Period) -> Double? {
        switch self {
        case .throughput: period.publishRate
        case .consumeRate: period.consumeRate
        case .p50Latency: period.publishP50Ms
        case .p99Latency: period.publishP99Ms
        case .endToEndP99Latency: period.endToEndP99Ms
        case .publishDelayP99: period.publishDelayP99Ms
        case .errorRate: period.publishErrorRate
        case .backlog: period.backlog.map(Double.init)
        default: nil
        }
    }
}
