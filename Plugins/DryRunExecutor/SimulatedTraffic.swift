/// What one period of a simulated run measured, in OMB's own units.
struct SimulatedPeriod: Sendable {
    var seconds: Double
    var publishRate: Double
    var consumeRate: Double
    var backlog: Int
    /// Milliseconds.
    var publishLatencies: [Double]
    /// Microseconds.
    var publishDelays: [Double]
    /// Milliseconds, whole ones: OMB takes the time from the message's timestamp.
    var endToEndLatencies: [Double]
}

/// Traffic through a modelled cluster, period by period.
struct SimulatedTraffic {
    private let workload: SimulatedWorkload
    private let model: ClusterModel
    private var noise: Noise
    private var elapsed = 0.0
    private var backlog = 0.0
    private var isBuildingBacklog: Bool
    private var searchedShare = 0.35

    /// Enough for a steady 99.9th percentile over a run; a real run has thousands of times as many.
    private static let samples = 2000

    /// Begins the traffic.
    init(workload: SimulatedWorkload, model: ClusterModel, noise: Noise) {
        self.workload = workload
        self.model = model
        self.noise = noise
        isBuildingBacklog = workload.consumerBacklogSizeGB > 0
    }

    /// Lets the next period pass.
    mutating func next() -> SimulatedPeriod {
        let seconds = 10.02 + 0.12 * noise.uniform()
        let rate = offeredRate()
        let saturated = rate > model.capacity
        let reached = min(rate, model.capacity) * (1 + noise.normal() * (saturated ? 0.01 : 0.0008))
        let consumed = consume(published: reached, seconds: seconds)

        var period = SimulatedPeriod(
            seconds: seconds,
            publishRate: reached,
            consumeRate: consumed,
            backlog: Int(backlog),
            publishLatencies: [],
            publishDelays: [],
            endToEndLatencies: []
        )
        let waiting = backlog / max(model.capacity, 1) * 1000
        for index in 0..<Self.samples {
            let moment = elapsed + seconds * Double(index) / Double(Self.samples)
            let latency = model.publishLatency(at: rate, with: &noise)
            period.publishLatencies.append((latency * 1000).rounded() / 1000)
            period.publishDelays.append((model.publishDelay(at: rate, time: moment, with: &noise) * 1000).rounded())
            let endToEnd = (latency + 0.3 + noise.exponential(0.5) + waiting).rounded()
            // OMB drops samples of 0 ms.
            if endToEnd > 0 { period.endToEndLatencies.append(endToEnd) }
        }
        elapsed += seconds
        return period
    }

    /// The rate asked for; OMB's own search closes in on the capacity and swings about below it.
    private mutating func offeredRate() -> Double {
        if workload.producerRate > 0 { return Double(workload.producerRate) }
        searchedShare += (0.93 - searchedShare) * 0.5
        return model.capacity * min(searchedShare * (1 + noise.normal() * 0.04), 0.99)
    }

    /// The rate consumed, with the backlog that is built and drained when the workload asks for one.
    private mutating func consume(published: Double, seconds: Double) -> Double {
        let wanted = Double(workload.consumerBacklogSizeGB) * 1_073_741_824 / Double(max(workload.messageSize, 1))
        let rate = published * Double(workload.subscriptionsPerTopic)
        if isBuildingBacklog {
            backlog += rate * seconds
            if backlog >= wanted { isBuildingBacklog = false }
            return 0
        }
        let spare = max(model.capacity - published, model.capacity * 0.1) * Double(workload.subscriptionsPerTopic)
        let drained = min(backlog, spare * seconds)
        backlog -= drained
        return rate + drained / seconds
    }
}
