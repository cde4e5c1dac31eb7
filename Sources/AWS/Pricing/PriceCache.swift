import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Prices of one region that were asked for before, in a private file of the user's.
///
/// A file that cannot be read is as good as none: prices can be asked for again.
struct PriceCache: Sendable {
    private let path: FilePath?

    /// Opens the cache of a region.
    ///
    /// - Parameters:
    ///   - directory: Where caches are; nil for none at all.
    ///   - region: The region.
    ///   - endpoint: An endpoint that is not AWS's own: an emulator's prices are not AWS's.
    init(in directory: FilePath?, region: String, endpoint: String?) {
        let place = endpoint.map { "-" + StableHash($0).hexadecimal } ?? ""
        path = directory?.appending("prices-\(region)\(place).json")
    }

    /// What is in it.
    func load() -> [PriceKey: Price] {
        guard let path, let content = try? LocalFile.read(path),
            let prices = try? Self.decoder.decode([String: Price].self, from: Data(content))
        else { return [:] }
        return prices.reduce(into: [:]) { $0[PriceKey(rawValue: $1.key)] = $1.value }
    }

    /// Keeps more prices; what another process has found meanwhile stays.
    ///
    /// - Throws: ``LabError`` when the file cannot be written.
    func save(_ new: [PriceKey: Price]) throws {
        guard let path, !new.isEmpty else { return }
        let all = load().merging(new) { $1 }
        let rows = all.reduce(into: [String: Price]()) { $0[$1.key.rawValue] = $1.value }
        try LocalFile.makeDirectory(path.removingLastComponent())
        try LocalFile.write(Self.encoder.encode(rows), to: path)
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
