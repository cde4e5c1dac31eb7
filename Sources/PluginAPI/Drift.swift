/// How a cluster changed between a group's first cells and its end: its canary, measured once more.
public struct Drift: Sendable, Hashable, Codable {
    /// The cell that was measured first.
    public var cell: String
    /// The same at the group's end.
    public var canary: String
    /// By how many percent the publish rate changed; nil when either is unknown.
    public var publishRatePercent: Double?
    /// By how many percent the publish latency's 99th percentile changed; nil when either is unknown.
    public var publishP99Percent: Double?

    /// Compares the two results of a canary.
    ///
    /// - Parameters:
    ///   - cell: The first cell's name.
    ///   - first: What it measured.
    ///   - canary: The repeated cell's name.
    ///   - last: What that measured.
    public init(cell: String, _ first: BenchmarkResult?, canary: String, _ last: BenchmarkResult?) {
        self.cell = cell
        self.canary = canary
        publishRatePercent = Self.change(first?.publishRate, last?.publishRate)
        publishP99Percent = Self.change(first?.publishLatency.p99Ms, last?.publishLatency.p99Ms)
    }

    private static func change(_ first: Double?, _ last: Double?) -> Double? {
        guard let first, let last, first > 0 else { return nil }
        return (last / first - 1) * 100
    }
}

extension ExperimentRecord {
    /// How much each group with a canary drifted, in the order of the schedule; groups whose canary is not measured twice have none.
    public var drifts: [Drift] {
        cells.compactMap { repeated in
            guard let name = repeated.cell.canaryOf, let first = cells.first(where: { $0.cell.name == name }),
                let before = first.outcome, let after = repeated.outcome, before.verdict != .invalid,
                after.verdict != .invalid
            else { return nil }
            return Drift(cell: name, before.result, canary: repeated.cell.name, after.result)
        }
    }
}
