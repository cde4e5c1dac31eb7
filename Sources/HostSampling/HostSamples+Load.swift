public import PluginAPI

extension HostSamples {
    /// The share of stolen time from which on a burstable instance is taken to have used up its credits, in percent.
    ///
    /// It is throttled by giving its time to others. A few percent are the hypervisor's own, on any type.
    public static let throttledPercent = 5.0

    /// What the samples say of the host's load.
    public func load(of host: Host) -> RunConditions.HostLoad {
        let stolen = share { $0.stolen }
        return RunConditions.HostLoad(
            host: host.name,
            cpuPercent: host.isLoopback ? nil : busiestMinute,
            stolenPercent: stolen,
            exceededPercent: exceededPercent,
            ranOutOfCredits: host.isBurstable ? stolen.map { $0 > Self.throttledPercent } : nil
        )
    }

    /// The spot notice that the instance got; nil when it got none, or is none.
    public var notice: String? { samples.lazy.compactMap(\.notice).first }

    /// How busy the processors were in the busiest minute, in percent; of all the time when that is less.
    private var busiestMinute: Double? {
        var busiest: Double?
        var start = samples.startIndex
        for end in samples.indices {
            while start < end, samples[end].time - samples[start].time >= 60 {
                busiest = max(busiest ?? 0, Self.busy(samples[start], samples[end]) ?? 0)
                start += 1
            }
        }
        guard busiest == nil, let first = samples.first, let last = samples.last else { return busiest }
        return Self.busy(first, last)
    }

    private static func busy(_ first: Sample, _ last: Sample) -> Double? {
        guard let first = first.processors, let last = last.processors, last.total > first.total else { return nil }
        return (1 - (last.idle - first.idle) / (last.total - first.total)) * 100
    }

    private func share(of part: (Processors) -> Double) -> Double? {
        guard let first = samples.first?.processors, let last = samples.last?.processors, last.total > first.total
        else {
            return nil
        }
        return (part(last) - part(first)) / (last.total - first.total) * 100
    }

    /// How many of the packets were queued or dropped because the instance's allowance was used up, in percent.
    private var exceededPercent: Double? {
        guard let first = samples.first, let last = samples.last, let before = first.exceeded,
            let after = last.exceeded,
            let start = first.network, let end = last.network
        else { return nil }
        let packets = end.receivedPackets + end.sentPackets - start.receivedPackets - start.sentPackets
        return packets > 0 ? (after - before) / packets * 100 : nil
    }
}

extension Host {
    /// Whether it is this machine, which shares its processors with what it measures: its load says nothing of a client.
    fileprivate var isLoopback: Bool { privateAddress.hasPrefix("127.") || privateAddress == "localhost" }

    /// Whether the instance type lives on CPU credits.
    fileprivate var isBurstable: Bool { instanceType.wholeMatch(of: /t[0-9][a-z]*\..+/) != nil }
}
