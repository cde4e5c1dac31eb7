import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What of a resource is paid for by the time that it exists: each part with its price's key and how many units an hour has.
///
/// It reads the attributes that the ledger has: `instanceType`, `lifecycle`, `tenancy`, `availabilityZone`, `publicAddress`;
/// `volumeType`, `sizeGB`, `iops`, `throughputMBps`.
struct ResourcePricing: Sendable, Hashable {
    struct Term: Sendable, Hashable {
        var key: PriceKey
        /// How many of the key's units are paid for in an hour.
        var unitsPerHour: Double
    }

    struct Part: Sendable, Hashable {
        var kind: String
        var what: String
        var terms: [Term]
        /// What it may come to at most; nil where its price does not change.
        var ceiling: [Term]?
        /// Why it has no price, whatever the price list says.
        var fault: String?
    }

    var parts: [Part]

    /// The kinds that AWS charges nothing for.
    static let free: Set<String> = [
        "vpc", "subnet", "internet-gateway", "route-table", "security-group", "launch-template", "placement-group",
        "network-interface", "iam-role", "iam-instance-profile", "spot-instances-request", "key-pair",
    ]

    /// Takes a resource apart.
    ///
    /// - Parameters:
    ///   - resource: The resource.
    ///   - hoursInMonth: What a month is divided by for prices by the month: AWS takes the hours of the calendar month.
    init(_ resource: Resource, hoursInMonth: Double) {
        switch resource.kind {
        case "instance": parts = Self.instance(resource)
        case "volume": parts = [Self.volume(resource, hoursInMonth)]
        case "elastic-ip":
            parts = [Part(kind: "address", what: "public IPv4", terms: [Term(key: .address, unitsPerHour: 1)])]
        case "nat-gateway":
            // What goes through it is paid for as well, and nobody measures that here.
            parts = [Part(kind: "transfer", what: "NAT gateway", terms: [Term(key: .natHour, unitsPerHour: 1)])]
        case let kind where Self.free.contains(kind): parts = []
        default:
            parts = [
                Part(
                    kind: resource.kind,
                    what: resource.kind,
                    terms: [],
                    fault: "LabHost does not know how a \(resource.kind) is paid for"
                )
            ]
        }
    }

    /// The prices that it needs.
    var keys: [PriceKey] { parts.flatMap { ($0.terms + ($0.ceiling ?? [])).map(\.key) } }

    private static func instance(_ resource: Resource) -> [Part] {
        guard let type = resource.attributes["instanceType"] else {
            return [Part(kind: "instance", what: "instance", terms: [], fault: "its instance type is not known")]
        }
        let isSpot = resource.attributes["lifecycle"] == "spot"
        var part = Part(kind: "instance", what: "\(type), \(isSpot ? "spot" : "on demand")", terms: [])
        if let tenancy = resource.attributes["tenancy"], tenancy != "default" {
            part.fault = "LabHost knows prices for shared tenancy only"
        } else {
            let key: PriceKey =
                isSpot ? .spot(type, resource.attributes["availabilityZone"]) : .instance(type)
            part.terms = [Term(key: key, unitsPerHour: 1)]
            // A spot instance never costs more than one on demand, which is what it may be replaced by.
            if isSpot { part.ceiling = [Term(key: .instance(type), unitsPerHour: 1)] }
        }
        guard resource.attributes["publicAddress"] == "true" else { return [part] }
        return [part, Part(kind: "address", what: "public IPv4", terms: [Term(key: .address, unitsPerHour: 1)])]
    }

    private static func volume(_ resource: Resource, _ hours: Double) -> Part {
        let facts = resource.attributes
        guard let type = facts["volumeType"], let size = facts["sizeGB"].flatMap(Double.init) else {
            return Part(kind: "volume", what: "volume", terms: [], fault: "its type and size are not known")
        }
        let assumed = facts["assumed"] == "true" ? " (assumed)" : ""
        var part = Part(kind: "volume", what: "\(type) \(Int(size)) GB\(assumed)", terms: [])
        part.terms.append(Term(key: .size(type), unitsPerHour: size / hours))
        let iops = facts["iops"].flatMap(Double.init) ?? 0
        switch type {
        case "gp3":
            // 3,000 operations and 125 MiB a second come with every volume.
            let throughput = facts["throughputMBps"].flatMap(Double.init) ?? 0
            if iops > 3000 {
                part.what += ", \(Int(iops)) IOPS"
                part.terms.append(Term(key: .iops(type), unitsPerHour: (iops - 3000) / hours))
            }
            if throughput > 125 {
                part.what += ", \(Int(throughput)) MB/s"
                part.terms.append(Term(key: .throughput(type), unitsPerHour: (throughput - 125) / hours))
            }
        case "io1", "io2":
            guard iops > 0 else {
                part.fault = "its IOPS are not known"
                return part
            }
            part.what += ", \(Int(iops)) IOPS"
            // io2 is cheaper above 32,000 and again above 64,000.
            let tiers =
                type == "io2" ? [(1, 0.0, 32_000.0), (2, 32_000, 64_000), (3, 64_000, .infinity)] : [(1, 0, .infinity)]
            for (tier, from, to) in tiers where iops > from {
                part.terms.append(Term(key: .iops(type, tier: tier), unitsPerHour: (min(iops, to) - from) / hours))
            }
        case "gp2", "st1", "sc1": break
        default: part.fault = "LabHost does not know how \(type) volumes are paid for"
        }
        return part
    }
}

extension Date {
    /// How many hours its month has, in UTC.
    var hoursInMonth: Double {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        return Double(calendar.range(of: .day, in: .month, for: self)?.count ?? 30) * 24
    }
}
