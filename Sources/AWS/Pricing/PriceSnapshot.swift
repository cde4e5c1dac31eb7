#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The list prices that ship in the binary, for use without a network: common types in common regions, on their date.
///
/// The figures are AWS's public list prices for Linux on demand with shared tenancy; what was not certain was left out.
struct PriceSnapshot: Sendable {
    private let prices: [PriceKey: Double]
    private let date: Date

    private struct File: Decodable {
        struct Region: Decodable {
            var names: [String]
            var prices: [String: Double]
        }

        var date: Date
        var regions: [Region]
    }

    /// The prices of a region; none for most.
    init(region: String) {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        let file = try? decoder.decode(File.self, from: Data(PackageResources.prices_json))
        let found = file?.regions.first { $0.names.contains(region) }?.prices ?? [:]
        prices = Dictionary(uniqueKeysWithValues: found.map { (PriceKey(rawValue: $0.key), $0.value) })
        date = file?.date ?? .distantPast
    }

    /// A price; nil when it is not in the list.
    subscript(key: PriceKey) -> Price? {
        prices[key].map { Price(usd: $0, asOf: date, source: .snapshot) }
    }
}
