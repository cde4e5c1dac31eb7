public import PluginAPI

extension RunConditions {
    /// What the samples of a cluster's hosts say of a run; nil when they say nothing.
    ///
    /// - Parameters:
    ///   - samples: The samples by host's name; a host that could not be reached any more has none.
    ///   - hosts: The hosts that were sampled.
    public init?(_ samples: [String: HostSamples], of hosts: [Host]) {
        let known = hosts.compactMap { host in samples[host.name].map { (host: host, samples: $0) } }
        guard known.contains(where: { !$0.samples.samples.isEmpty }) else { return nil }
        let clients = known.filter { $0.host.component == "client" }
        let skew = Self.skew(of: clients.compactMap(\.samples.clock))
        self.init(
            clients: clients.map { $0.samples.load(of: $0.host) },
            servers: known.filter { $0.host.component != "client" }.map { $0.samples.load(of: $0.host) },
            clockSkewMs: skew?.difference,
            clockErrorMs: skew?.bound,
            interrupted: known.filter { $0.samples.notice != nil }.map(\.host.name)
        )
    }

    /// The largest difference between two clocks and how far it may be wrong, in milliseconds.
    private static func skew(of clocks: [HostSamples.Clock]) -> (difference: Double, bound: Double)? {
        let ordered = clocks.sorted { $0.offset < $1.offset }
        guard clocks.count >= 2, let first = ordered.first, let last = ordered.last else { return nil }
        return ((last.offset - first.offset) * 1000, (first.errorBound + last.errorBound) * 1000)
    }
}
