import PluginAPI

/// Says what the conditions of a run cast doubt on.
///
/// | finding | code |
/// | --- | --- |
/// | a client's processors over 90 % busy | `client-cpu` |
/// | a client's network over 90 % full | `client-network` |
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

    private let cell: Cell

    /// The rules for a cell's runs.
    init(cell: Cell) { self.cell = cell }

    /// What casts doubt on the run, in the order of the table.
    func doubts(about conditions: RunConditions) -> [VerdictReason] {
        var doubts: [VerdictReason] = []
        for client in conditions.clients {
            if let busy = client.cpuPercent, busy > Self.busyPercent {
                let text =
                    "\(client.host)'s processors were \(busy.fixed(0)) % busy: the client was measured and not the cluster; "
                    + "more or larger clients offer this rate"
                doubts.append(VerdictReason(.clientCPU, text))
            }
            if let full = client.networkPercent, full > Self.busyPercent {
                let text =
                    "\(client.host)'s network was \(full.fixed(0)) % full: the client was measured and not the cluster; "
                    + "more or larger clients offer this rate"
                doubts.append(VerdictReason(.clientNetwork, text))
            }
        }
        if let skew = conditions.clockSkewMs, skew > Self.skewMs {
            let text = "the clients' clocks are \(skew.fixed(1)) ms apart, and end-to-end latencies wrong by as much"
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
}
