/// One question to the price list, and how its answer is read.
///
/// Usage types, units and groups are those of the offer files of AmazonEC2, AmazonVPC and AWSDataTransfer. Usage types begin
/// with a code of the region (`USW2-`), which us-east-1 has not.
struct PriceQuery: Sendable, Hashable {
    /// The service code.
    var service: String
    /// What must hold, besides the region.
    var filters: [String: String]
    /// The field that names the region.
    var regionField = "regionCode"
    /// What is read from the answer.
    var readings: [Reading]

    /// How one price is found among the products.
    struct Reading: Sendable, Hashable {
        var key: PriceKey
        /// The usage type without the region's code; nil when every product of the answer counts.
        var usage: String?
        /// By unit, what one of ours is of it.
        var units: [String: Double]
    }

    /// The question that brings a price; nil for one that is not in the price list.
    init?(for key: PriceKey) {
        let path = key.path
        switch path.first {
        case "instance": self.init(instance: path[1])
        case "volume": self.init(volume: path[1])
        case "address":
            self.init(
                service: "AmazonVPC",
                filters: ["group": "VPCPublicIPv4Address"],
                readings: [Reading(key: .address, usage: "PublicIPv4:InUseAddress", units: ["Hrs": 1])]
            )
        case "nat":
            self.init(
                service: "AmazonEC2",
                filters: ["productFamily": "NAT Gateway"],
                readings: [
                    Reading(key: .natHour, usage: "NatGateway-Hours", units: ["Hrs": 1]),
                    Reading(key: .natGB, usage: "NatGateway-Bytes", units: ["GB": 1]),
                ]
            )
        case "transfer":
            self.init(
                service: "AWSDataTransfer",
                filters: ["transferType": "IntraRegion"],
                regionField: "fromRegionCode",
                readings: [Reading(key: .zones, usage: "DataTransfer-Regional-Bytes", units: ["GB": 1])]
            )
        default: return nil
        }
    }

    private init(service: String, filters: [String: String], regionField: String = "regionCode", readings: [Reading]) {
        self.service = service
        self.filters = filters
        self.regionField = regionField
        self.readings = readings
    }

    private init(instance type: String) {
        self.init(
            service: "AmazonEC2",
            filters: [
                "instanceType": type, "operatingSystem": "Linux", "tenancy": "Shared", "preInstalledSw": "NA",
                "capacitystatus": "Used",
            ],
            readings: [Reading(key: .instance(type), usage: nil, units: ["Hrs": 1])]
        )
    }

    private init(volume type: String) {
        let operations = ["IOPS-Mo": 1.0]
        self.init(
            service: "AmazonEC2",
            filters: ["volumeApiName": type],
            readings: [
                Reading(key: .size(type), usage: "EBS:VolumeUsage.\(type)", units: ["GB-Mo": 1]),
                Reading(key: .iops(type), usage: "EBS:VolumeP-IOPS.\(type)", units: operations),
                Reading(key: .iops(type, tier: 2), usage: "EBS:VolumeP-IOPS.\(type).tier2", units: operations),
                Reading(key: .iops(type, tier: 3), usage: "EBS:VolumeP-IOPS.\(type).tier3", units: operations),
                Reading(
                    key: .throughput(type),
                    usage: "EBS:VolumeP-Throughput.\(type)",
                    units: ["MiBps-Mo": 1, "GiBps-mo": 1.0 / 1024, "GiBps-Mo": 1.0 / 1024]
                ),
            ]
        )
        // The usage types of these two came before there was a choice.
        if type == "gp2" || type == "io1" {
            let old = type == "io1" ? ("EBS:VolumeUsage.piops", "EBS:VolumeP-IOPS.piops") : ("EBS:VolumeUsage.gp2", "")
            readings[0].usage = old.0
            if type == "io1" { readings[1].usage = old.1 }
        }
    }

    /// What a product says of a price, or why it says nothing that can be used.
    enum Answer: Sendable, Hashable {
        case usd(Double)
        case unusable(String)
    }

    /// Reads the prices from an answer's products; what the list does not have is not in the result.
    func read(_ products: [PriceListProduct]) -> [PriceKey: Answer] {
        readings.reduce(into: [:]) { found, reading in
            let dimensions = products.filter { product in
                guard let usage = reading.usage else { return true }
                return product.usageType.map { $0 == usage || $0.hasSuffix("-\(usage)") } ?? false
            }.flatMap(\.onDemand)
            if let answer = Self.price(of: dimensions, reading.units) { found[reading.key] = answer }
        }
    }

    private static func price(of dimensions: [PriceListProduct.Dimension], _ units: [String: Double]) -> Answer? {
        let known = dimensions.filter { units[$0.unit] != nil }
        guard !known.isEmpty else {
            return dimensions.first.map {
                .unusable("the price list has it by \($0.unit), which LabHost does not know")
            }
        }
        let amounts = Set(
            known.compactMap { dimension in
                dimension.pricePerUnit["USD"].flatMap(Double.init).map { $0 * (units[dimension.unit] ?? 1) }
            }
        )
        guard let amount = amounts.first else {
            let currencies = Set(known.flatMap(\.pricePerUnit.keys)).sorted().joined(separator: ", ")
            return .unusable("the price list has it in \(currencies), and amounts are reckoned in USD")
        }
        // A price that depends on how much was used this month cannot be told from here.
        guard amounts.count == 1 else { return .unusable("the price list has more than one price for it") }
        guard amount.isFinite, amount >= 0 else { return .unusable("the price list has no sensible price for it") }
        return .usd(amount)
    }
}

/// A product of the price list: JSON in a string of JSON.
struct PriceListProduct: Decodable, Sendable {
    struct Dimension: Decodable, Sendable {
        var unit: String
        var pricePerUnit: [String: String]
    }

    private struct Product: Decodable { var attributes: [String: String]? }
    private struct Offer: Decodable { var priceDimensions: [String: Dimension]? }

    /// The usage type, with the region's code.
    let usageType: String?
    /// The prices on demand.
    let onDemand: [Dimension]

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        usageType = try container.decode(Product.self, forKey: .product).attributes?["usagetype"]
        let terms = try container.decodeIfPresent([String: [String: Offer]].self, forKey: .terms)
        onDemand = (terms?["OnDemand"] ?? [:]).values.flatMap { ($0.priceDimensions ?? [:]).values }
    }

    private enum CodingKeys: CodingKey { case product, terms }
}
