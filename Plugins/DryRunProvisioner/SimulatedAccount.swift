import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The resources that "exist": a file in the plugin's directory, so that a later process finds them.
actor SimulatedAccount {
    private let file: FilePath

    /// Opens the account that is kept in a directory.
    init(directory: FilePath) { file = directory.appending("simulated-account.json") }

    /// What exists, in order of creation.
    func resources() throws -> [Resource] {
        guard let content = try LocalFile.read(file) else { return [] }
        do {
            return try JSONDecoder().decode([Resource].self, from: Data(content))
        } catch {
            throw LabError(error, while: "reading \(file)")
        }
    }

    /// Makes a resource exist.
    func create(_ resource: Resource) throws {
        var all = try resources()
        all.removeAll { $0.kind == resource.kind && $0.id == resource.id }
        try save(all + [resource])
    }

    /// Makes a resource not exist; one that does not is left so.
    func delete(kind: String, id: String) throws {
        let all = try resources()
        let rest = all.filter { $0.kind != kind || $0.id != id }
        if rest.count < all.count { try save(rest) }
    }

    private func save(_ resources: [Resource]) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try LocalFile.write(encoder.encode(resources), to: file)
    }
}
