#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The resources that a plan creates, gathered as terraform prints them and kept beside the plan.
actor PlannedChanges {
    private(set) var all: [TerraformAddress] = []

    func append(_ address: TerraformAddress) { all.append(address) }

    static func encode(_ changes: [TerraformAddress]) throws -> [UInt8] { Array(try JSONEncoder().encode(changes)) }

    /// The changes; nil for what was not written by ``encode(_:)``.
    static func decode(_ content: [UInt8]) -> [TerraformAddress]? {
        try? JSONDecoder().decode([TerraformAddress].self, from: Data(content))
    }
}
