/// One workload on one cluster configuration, once.
public struct Cell: Sendable, Hashable, Codable {
    /// A short stable readable name, unique in the experiment: `fixed-10k.msg4096#2`. `[a-z0-9.#-]`, used as a directory.
    public var name: String
    /// What identifies the cell across experiments: a hash over all that makes its numbers comparable (the workload, how
    /// its rate is chosen, the cluster), repetition excluded. 16 hexadecimal digits.
    public var key: String
    /// The test run that it comes from.
    public var run: String
    /// What the test run asks.
    public var type: RunType
    /// How its rate is chosen.
    public var policy: RatePolicy
    /// The matrix's values for this cell, by path (`cluster.broker.instance_type`), as text.
    public var factors: [String: String]
    /// Which repetition it is, from 1.
    public var repetition: Int
    /// The workload.
    public var workload: Workload
    /// The cell that this one is once more, at the end of a set of hosts, to see whether they changed; nil for any other cell.
    public var canaryOf: String?
    /// How long each probe may take in all, in seconds.
    public var timeoutSeconds: Int

    /// Makes a cell.
    public init(
        name: String,
        key: String = "",
        run: String,
        type: RunType,
        policy: RatePolicy = .fixed,
        factors: [String: String] = [:],
        repetition: Int,
        workload: Workload,
        canaryOf: String? = nil,
        timeoutSeconds: Int
    ) {
        self.name = name
        self.key = key
        self.run = run
        self.type = type
        self.policy = policy
        self.factors = factors
        self.repetition = repetition
        self.workload = workload
        self.canaryOf = canaryOf
        self.timeoutSeconds = timeoutSeconds
    }
}
