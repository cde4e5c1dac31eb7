public import PluginAPI

/// The EC2 calls that LabHost makes.
public struct EC2: Sendable {
    let client: AWSClient

    /// Makes the service for a plugin.
    public init(_ context: PluginContext) { client = AWSClient(context) }

    /// Makes the service over a client.
    public init(_ client: AWSClient) { self.client = client }

    /// A describe call with all its pages.
    ///
    /// - Parameters:
    ///   - action: The call: `DescribeSubnets`.
    ///   - list: The element that holds the entries: `subnetSet`.
    ///   - filters: All must hold.
    ///   - parameters: What else the call takes.
    /// - Returns: The entries.
    /// - Throws: As ``AWSClient/query(_:_:_:safety:)``.
    public func describe(
        _ action: String,
        list: String,
        filters: [QueryParameters.Filter] = [],
        parameters: QueryParameters = [:]
    ) async throws -> [XMLNode] {
        var entries: [XMLNode] = []
        var parameters = parameters
        parameters.add(filters)
        while true {
            let reply = try await client.query(.ec2, action, parameters, safety: .idempotent)
            entries += reply.items(list)
            // An empty page may be followed by a full one; the same token twice would go round for ever.
            guard let next = reply.text("nextToken"), !parameters.pairs.contains(where: { $0.value == next }) else {
                return entries
            }
            parameters.set("NextToken", next)
        }
    }

    /// A call whose answer does not matter.
    public func perform(_ action: String, _ parameters: QueryParameters) async throws {
        _ = try await client.query(.ec2, action, parameters, safety: .idempotent)
    }
}

/// An instance as EC2 describes it.
public struct EC2Instance: Sendable, Hashable {
    /// The id.
    public var id: String
    /// `pending`, `running`, `shutting-down`, `terminated`, `stopping` or `stopped`.
    public var state: String
    /// Why it is in that state, in EC2's words; nil when EC2 does not say.
    public var stateReason: String?
    /// The instance type.
    public var type: String
    /// The availability zone.
    public var availabilityZone: String?
    /// The private IPv4 address; nil once it is gone.
    public var privateAddress: String?
    /// The ARN of its instance profile; nil when it has none.
    public var instanceProfile: String?
    /// When it was started, as EC2 writes it.
    public var launchTime: String?
    /// Whether it is a spot instance.
    public var isSpot: Bool
    /// Its tags.
    public var tags: [String: String]

    /// Reads an entry of DescribeInstances or RunInstances; nil when it has no id.
    public init?(_ node: XMLNode) {
        guard let id = node.text("instanceId") else { return nil }
        self.id = id
        state = node.text("instanceState", "name") ?? "unknown"
        let reasons = [node.text("stateReason", "code"), node.text("stateReason", "message"), node.text("reason")]
        stateReason = reasons.compactMap(\.self).first { $0.contains(":") } ?? reasons.compactMap(\.self).first
        type = node.text("instanceType") ?? ""
        availabilityZone = node.text("placement", "availabilityZone")
        privateAddress = node.text("privateIpAddress")
        instanceProfile = node.text("iamInstanceProfile", "arn")
        launchTime = node.text("launchTime")
        isSpot = node.text("instanceLifecycle") == "spot"
        tags = node.tags
    }

    /// Whether it neither runs nor will again.
    public var isGone: Bool { ["terminated", "shutting-down", "stopped", "stopping"].contains(state) }
}

extension EC2 {
    /// The instances that meet all filters, terminated ones included for as long as EC2 remembers them.
    public func instances(_ filters: [QueryParameters.Filter]) async throws -> [EC2Instance] {
        try await describe("DescribeInstances", list: "reservationSet", filters: filters)
            .flatMap { $0.items("instancesSet") }
            .compactMap(EC2Instance.init)
    }

    /// The instances with these ids that EC2 knows; unlike DescribeInstances by id, unknown ones are no error.
    public func instances(ids: [String]) async throws -> [EC2Instance] {
        var found: [EC2Instance] = []
        for batch in ids.batches(of: 200) { found += try await instances([.init("instance-id", batch)]) }
        return found
    }
}

extension Array {
    /// The elements in order, in groups of at most `size`.
    public func batches(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
