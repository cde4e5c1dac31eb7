/// What was measured around a run, which its own result cannot know: facts, without judgement.
///
/// A runner samples them on the hosts while the benchmark runs. What was not measured is nil, and nothing is judged by it.
public struct RunConditions: Sendable, Hashable, Codable {
    /// One host during the measured time.
    public struct HostLoad: Sendable, Hashable, Codable {
        /// The host's name.
        public var host: String
        /// How busy its processors were, in percent of all of them, in the busiest minute.
        public var cpuPercent: Double?
        /// How much of its processors' time the hypervisor gave to others, in percent.
        public var stolenPercent: Double?
        /// How many of its packets were queued or dropped because its instance's allowance was used up, in percent.
        public var exceededPercent: Double?
        /// How full its network was, in percent of what its instance type sustains, in the busiest minute.
        public var networkPercent: Double?
        /// Whether its CPU credits ran out, on an instance type that has some.
        public var ranOutOfCredits: Bool?

        /// Makes a load.
        public init(
            host: String,
            cpuPercent: Double? = nil,
            stolenPercent: Double? = nil,
            exceededPercent: Double? = nil,
            networkPercent: Double? = nil,
            ranOutOfCredits: Bool? = nil
        ) {
            self.host = host
            self.cpuPercent = cpuPercent
            self.stolenPercent = stolenPercent
            self.exceededPercent = exceededPercent
            self.networkPercent = networkPercent
            self.ranOutOfCredits = ranOutOfCredits
        }
    }

    /// The clients.
    public var clients: [HostLoad]
    /// The other hosts, as far as they were looked at.
    public var servers: [HostLoad]
    /// The largest difference between two clients' clocks, in milliseconds; nil when it was not measured, or with one client.
    public var clockSkewMs: Double?
    /// How far that difference may be wrong, in milliseconds: what both clocks' time service says of itself.
    public var clockErrorMs: Double?
    /// The hosts that were interrupted as spot instances, or told that they would be.
    public var interrupted: [String]

    /// Makes conditions.
    public init(
        clients: [HostLoad] = [],
        servers: [HostLoad] = [],
        clockSkewMs: Double? = nil,
        clockErrorMs: Double? = nil,
        interrupted: [String] = []
    ) {
        self.clients = clients
        self.servers = servers
        self.clockSkewMs = clockSkewMs
        self.clockErrorMs = clockErrorMs
        self.interrupted = interrupted
    }
}
