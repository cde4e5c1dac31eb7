import PluginAPI

/// How many virtual CPUs a family of instance types may have in a region, and how many it has.
public struct VCPUQuota: Sendable, Hashable {
    /// The instance types' family, in the words of Service Quotas.
    public var family: String
    /// Whether it is the quota of spot instances.
    public var isSpot: Bool
    /// How many there may be.
    public var allowed: Int
    /// How many there are.
    public var used: Int
    /// How many are asked for.
    public var wanted: Int

    /// Whether there is room.
    public var isEnough: Bool { used + wanted <= allowed }

    /// What is asked for, beside what may be had.
    ///
    /// - Parameter region: The region's name.
    /// - Returns: A sentence without its full stop.
    public func explained(in region: String) -> String {
        let kind = isSpot ? "spot" : "on-demand"
        return
            "the cluster needs \(wanted) vCPUs of \(kind) \(family) instances: \(allowed) are allowed in \(region), and "
            + "\(used) of them are in use"
    }
}

/// Reads the quotas that a launch has to fit into.
public struct VCPUQuotas: Sendable {
    private let ec2: EC2
    private let quotas: ServiceQuotas

    /// Makes it over a client.
    public init(_ client: AWSClient) {
        ec2 = EC2(client)
        quotas = ServiceQuotas(client)
    }

    /// The quotas that a launch touches.
    ///
    /// - Parameters:
    ///   - types: How many instances of each type are asked for.
    ///   - isSpot: Whether as spot instances.
    /// - Returns: One entry for each family whose quota is known.
    /// - Throws: ``AWSError``.
    public func quotas(for types: [String: Int], isSpot: Bool) async throws -> [VCPUQuota] {
        let running = try await ec2.instances([.init("instance-state-name", ["pending", "running"])])
            .filter { $0.isSpot == isSpot }
        let known = Set(types.keys).union(running.map(\.type))
        let sizes = try await virtualCPUs(of: known)
        var found: [VCPUQuota] = []
        for family in Self.families where types.keys.contains(where: family.holds) {
            guard let code = isSpot ? family.spot : family.onDemand, let value = try await quotas.value("ec2", code)
            else { continue }
            let allowed = Int(value)
            let used = running.filter { family.holds($0.type) }.reduce(0) { $0 + (sizes[$1.type] ?? 0) }
            let wanted = types.filter { family.holds($0.key) }.reduce(0) { $0 + (sizes[$1.key] ?? 0) * $1.value }
            found.append(VCPUQuota(family: family.name, isSpot: isSpot, allowed: allowed, used: used, wanted: wanted))
        }
        return found
    }

    private func virtualCPUs(of types: Set<String>) async throws -> [String: Int] {
        var sizes: [String: Int] = [:]
        for batch in types.sorted().batches(of: 100) {
            var parameters: QueryParameters = [:]
            parameters.add("InstanceType", list: batch)
            let nodes = try await ec2.describe("DescribeInstanceTypes", list: "instanceTypeSet", parameters: parameters)
            for node in nodes {
                guard let type = node.text("instanceType"), let count = node.text("vCpuInfo", "defaultVCpus") else {
                    continue
                }
                sizes[type] = Int(count)
            }
        }
        return sizes
    }

    /// A family of instance types that share a quota.
    private struct Family: Sendable {
        var name: String
        /// The letters that its types begin with, before the generation.
        var letters: Set<String>
        var onDemand: String
        var spot: String?

        func holds(_ type: String) -> Bool { letters.contains(String(type.prefix { !$0.isNumber && $0 != "-" })) }
    }

    /// The quota codes are those that Service Quotas lists for EC2: "Running On-Demand … instances" and "All … Spot
    /// Instance Requests".
    private static let families = [
        Family(
            name: "Standard",
            letters: ["a", "c", "d", "h", "i", "m", "r", "t", "z", "im", "is"],
            onDemand: "L-1216C47A",
            spot: "L-34B43A08"
        ),
        Family(name: "F", letters: ["f"], onDemand: "L-74FC7D96", spot: "L-88CF9481"),
        Family(name: "G and VT", letters: ["g", "gr", "vt"], onDemand: "L-DB2E81BA", spot: "L-3819A6DF"),
        Family(name: "P", letters: ["p"], onDemand: "L-417A185B", spot: "L-7212CCBC"),
        Family(name: "X", letters: ["x"], onDemand: "L-7295265B", spot: "L-E3A00192"),
    ]
}
