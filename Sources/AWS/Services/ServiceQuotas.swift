/// Reads single quotas of an account in a region.
struct ServiceQuotas: Sendable {
    private let client: AWSClient

    init(_ client: AWSClient) { self.client = client }

    /// The value of a quota; nil when Service Quotas knows none.
    ///
    /// - Throws: ``AWSError``.
    func value(_ service: String, _ code: String) async throws -> Double? {
        struct Input: Encodable { var ServiceCode: String, QuotaCode: String }
        struct Quota: Decodable { var Value: Double? }
        struct Reply: Decodable { var Quota: Quota }
        let reply = try await client.json(
            .serviceQuotas,
            "GetServiceQuota",
            Input(ServiceCode: service, QuotaCode: code),
            safety: .idempotent,
            as: Reply.self
        )
        return reply.Quota.Value
    }
}

/// What an account may have of something in a region, and what it has.
public struct QuotaUse: Sendable, Hashable {
    /// What is counted: `VPCs`, `GiB of gp3 volumes`.
    public var name: String
    /// How much there may be.
    public var allowed: Double
    /// How much there is.
    public var used: Double
    /// How much is asked for.
    public var wanted: Double

    /// Whether there is room.
    public var isEnough: Bool { used + wanted <= allowed }
}

/// Reads the quotas of networks and disks that a cluster has to fit into.
public struct RegionQuotas: Sendable {
    private let ec2: EC2
    private let quotas: ServiceQuotas

    /// Makes it over a client.
    public init(_ client: AWSClient) {
        ec2 = EC2(client)
        quotas = ServiceQuotas(client)
    }

    /// The quota of VPCs; nil when it is not known.
    ///
    /// - Throws: ``AWSError``.
    public func networks(_ wanted: Int) async throws -> QuotaUse? {
        // "VPCs per Region".
        guard let allowed = try await quotas.value("vpc", "L-F678F1CE") else { return nil }
        let used = try await ec2.describe("DescribeVpcs", list: "vpcSet").count
        return QuotaUse(name: "VPCs", allowed: allowed, used: Double(used), wanted: Double(wanted))
    }

    /// The quotas of storage, one for each type of volume whose quota and use are known.
    ///
    /// - Parameter gigabytes: How many GiB of each type are asked for.
    /// - Returns: The quotas, by type.
    /// - Throws: ``AWSError``.
    public func storage(_ gigabytes: [String: Int]) async throws -> [QuotaUse] {
        var uses: [QuotaUse] = []
        for (type, wanted) in gigabytes.sorted(by: { $0.key < $1.key }) {
            guard let code = Self.storageCodes[type], let allowed = try await quotas.value("ebs", code) else {
                continue
            }
            let sizes = try await ec2.describe(
                "DescribeVolumes",
                list: "volumeSet",
                filters: [.init("volume-type", [type])]
            )
            .map { $0.text("size").flatMap(Int.init) }
            // A volume of unknown size is none of size 0.
            guard !sizes.contains(nil) else { continue }
            let used = sizes.compactMap(\.self).reduce(0, +)
            let name = "GiB of \(type) volumes"
            uses.append(QuotaUse(name: name, allowed: allowed * 1024, used: Double(used), wanted: Double(wanted)))
        }
        return uses
    }

    /// The codes are those that Service Quotas lists for EBS: "Storage for … volumes, in TiB".
    private static let storageCodes = [
        "gp2": "L-D18FCD1D", "gp3": "L-7A658B76", "io1": "L-FD252861", "io2": "L-09BD8365", "st1": "L-82ACEF56",
        "sc1": "L-17AF77E8",
    ]
}
