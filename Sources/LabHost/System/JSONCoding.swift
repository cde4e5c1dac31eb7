#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How LabHost writes JSON of its own: keys sorted, dates in ISO 8601 UTC with milliseconds.
package enum JSONCoding {
    private static let dates = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// A value as JSON; on one line, or indented for people.
    package static func encode(_ value: some Encodable, pretty: Bool = false) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.dateEncodingStrategy = .custom { date, encoder in
            var container = encoder.singleValueContainer()
            try container.encode(date.formatted(dates))
        }
        return try Array(encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    /// A value from the JSON that ``encode(_:pretty:)`` wrote.
    package static func decode<Value: Decodable>(_ type: Value.Type, from json: some Sequence<UInt8>) throws -> Value {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            try dates.parse(decoder.singleValueContainer().decode(String.self))
        }
        return try decoder.decode(type, from: Data(json))
    }
}
