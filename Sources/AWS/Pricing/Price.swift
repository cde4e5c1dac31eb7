import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A price in USD for one unit of what its ``PriceKey`` names.
struct Price: Sendable, Hashable, Codable {
    /// Where it was found.
    enum Source: String, Sendable, Hashable, Codable {
        case list = "AWS price list"
        case spot = "AWS spot price history"
        case snapshot = "price list that LabHost ships"
    }

    var usd: Double
    var asOf: Date
    var source: Source
}

/// What has a price of its own, as text that is stable in files: `instance/m6i.large`, `volume/gp3/gb-month`.
struct PriceKey: Sendable, Hashable, Codable, RawRepresentable {
    var rawValue: String

    init(rawValue: String) { self.rawValue = rawValue }

    /// An hour of a Linux instance with shared tenancy, on demand.
    static func instance(_ type: String) -> PriceKey { PriceKey(rawValue: "instance/\(type)") }
    /// An hour of a Linux spot instance in a zone; in the region's dearest zone when none is named.
    static func spot(_ type: String, _ zone: String?) -> PriceKey {
        PriceKey(rawValue: "spot/\(type)/\(zone ?? "dearest")")
    }
    /// A month of one GiB.
    static func size(_ type: String) -> PriceKey { PriceKey(rawValue: "volume/\(type)/gb-month") }
    /// A month of one provisioned operation a second, in a tier of io2, from 1.
    static func iops(_ type: String, tier: Int = 1) -> PriceKey {
        PriceKey(rawValue: "volume/\(type)/iops-month" + (tier > 1 ? "-\(tier)" : ""))
    }
    /// A month of one provisioned MiB a second.
    static func throughput(_ type: String) -> PriceKey { PriceKey(rawValue: "volume/\(type)/mibps-month") }
    /// An hour of a public IPv4 address.
    static let address = PriceKey(rawValue: "address/hour")
    /// An hour of a NAT gateway.
    static let natHour = PriceKey(rawValue: "nat/hour")
    /// A GB through a NAT gateway.
    static let natGB = PriceKey(rawValue: "nat/gb")
    /// A GB from one zone to another, each way.
    static let zones = PriceKey(rawValue: "transfer/zones-gb")

    /// Its parts.
    var path: [String] { rawValue.split(separator: "/").map(String.init) }
    var isSpot: Bool { rawValue.hasPrefix("spot/") }
}
