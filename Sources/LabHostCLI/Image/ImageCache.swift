import LabHost
import PacerBuilder
import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The images of a region as they were a short while ago, so that listing them again asks nobody.
///
/// What deletes never looks here, and whatever changes images empties it.
struct ImageCache {
    private static let lifetime = 300.0
    private static let prefix = "images-"

    private struct Entry: Codable {
        var storedAt: Date
        var images: [LabImage]
    }

    private let directory: FilePath

    init(_ store: ExperimentStore) { directory = store.home.appending("cache") }

    /// The images that were stored for a place within the last five minutes; nil when there are none.
    func images(of place: Place, at now: Date) -> [LabImage]? {
        guard let content = try? LocalFile.read(path(of: place)),
            let entry = try? JSONCoding.decode(Entry.self, from: content)
        else { return nil }
        let age = now.timeIntervalSince(entry.storedAt)
        return age >= 0 && age < Self.lifetime ? entry.images : nil
    }

    /// Stores the images of a place. What cannot be stored is asked for again.
    func store(_ images: [LabImage], of place: Place, at now: Date) {
        guard let content = try? JSONCoding.encode(Entry(storedAt: now, images: images)) else { return }
        try? LocalFile.makeDirectory(directory)
        try? LocalFile.write(content, to: path(of: place))
    }

    /// Forgets everything.
    func empty() {
        for name in Files.names(in: directory) where name.hasPrefix(Self.prefix) {
            LocalFile.remove(directory.appending(name))
        }
    }

    /// Whose images, and where: other credentials may be another account's.
    struct Place {
        var region: String
        var endpoint: String?
        var accessKeyID: String

        /// The place of a context.
        init(_ context: PluginContext, region: String) async throws {
            self.region = region
            endpoint = context.cloud.endpoint
            accessKeyID = try await context.credentials.credentials().accessKeyID
        }
    }

    private func path(of place: Place) -> FilePath {
        let hash = StableHash(place.region, place.endpoint ?? "", place.accessKeyID).hexadecimal
        return directory.appending("\(Self.prefix)\(hash).json")
    }
}
