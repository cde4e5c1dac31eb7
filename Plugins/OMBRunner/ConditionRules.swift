import PluginAPI

/// Says what the conditions of a run cast doubt on.
///
/// | finding | code |
/// | --- | --- |
/// | a client's processors over 90 % busy | `client-cpu` |
/// | a client's network over 90 % full, or over 0.1 % of its packets beyond the instance's allowance | `client-network` |
/// | either of them, and the rate missed | `clients-needed` |
/// | clocks of clients over 5 ms apart | `clock-skew` |
/// | a spot instance interrupted | `spot-interruption` |
/// | CPU credits used up | `burst-credits` |
///
/// The numbers stand, because they were measured; what they are numbers of is what the reason says. So none of this makes a
/// result invalid.
struct ConditionRules {
    /// OMB shares the processors with the JVM's collector and the driver's threads: from here on they wait for each other.
    static let busyPercent = 90.0
    /// OMB's end-to-end latency has a resolution of 1 ms, and is commonly a few.
    static let skewMs = 5.0

    /// A few packets are queued in any burst; from here on the network is what is measured.
    static let exceededPercent = 0.1

    private let cell: Cell

    /// The rules for a cell's runs.
    init(cell: Cell) { self.cell = cell }

    /// What casts doubt on the run, in the order of the table.
    func doubts(about conditions: RunConditions, of result: BenchmarkResult? = nil) -> [VerdictReason] {
        var doubts = saturation(of: conditions)
        let saturated = conditions.clients.map(\.host).filter { host in
            doubts.contains { $0.text.hasPrefix("\(host)'s") }
        }
        if let result, let target = cell.workload.producerRate {
            let load = OfferedLoad(target: target, published: result.publishRate, clients: conditions.clients.count)
            if let reason = load.reason(saturated: saturated) { doubts.append(reason) }
        }
        if let skew = conditions.clockSkewMs, skew > Self.skewMs {
            let error = conditions.clockErrorMs.map { " (± \($0.fixed(1)) ms)" } ?? ""
            let text =
                "the clients' clocks are \(skew.fixed(1)) ms apart\(error), and end-to-end latencies wrong by as much"
            doubts.append(VerdictReason(.clockSkew, text))
        }
        if !conditions.interrupted.isEmpty {
            let text = "interrupted as spot instances during the run: \(conditions.interrupted.joined(separator: ", "))"
            doubts.append(VerdictReason(.spotInterruption, text))
        }
        let exhausted = (conditions.clients + conditions.servers).filter { $0.ranOutOfCredits == true }.map(\.host)
        if !exhausted.isEmpty {
            let text = "CPU credits used up, and processors throttled: \(exhausted.joined(separator: ", "))"
            doubts.append(VerdictReason(.burstCredits, text))
        }
        return doubts
    }

    private func saturation(of conditions: RunConditions) -> [VerdictReason] {
        var doubts: [VerdictReason] = []
        for client in conditions.clients {
            if let busy = client.cpuPercent, busy > Self.busyPercent {
                let text =
                    "\(client.host)'s processors were \(busy.fixed(0)) % busy: the client was measured and not the cluster; "
                    + "more or larger clients offer this rate"
                doubts.append(VerdictReason(.clientCPU, text))
            }
            if let exceeded = client.exceededPercent, exceeded > Self.exceededPercent {
                let text =
                    "\(client.host)'s network queued or dropped \(exceeded.fixed(2)) % of its packets, because the instance's "
                    + "allowance was used up: the client was measured and not the cluster"
                doubts.append(VerdictReason(.clientNetwork, text))
            }
            if let full = client.networkPercent, full > Self.busyPercent {
                let text =
                    "\(client.host)'s network was \(full.fixed(0)) % full: the client was measured and not the cluster; "
                    + "more or larger clients offer this rate"
                doubts.append(VerdictReason(.clientNetwork, text))
            }
        }
        return doubts
    }
}
