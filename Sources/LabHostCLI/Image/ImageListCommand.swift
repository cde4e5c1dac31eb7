import ArgumentParser
import LabHost
import PacerBuilder
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `labhost image list`: the images that there are.
struct ImageListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the account's images that carry Pulsar, newest first.",
        discussion: """
            What uses an image is looked up with it. The list is kept for five minutes.

            Example: labhost image list --region us-west-2,eu-west-1
            """
    )

    @OptionGroup var place: ImagePlace
    @Option(help: "Only those with this version of Pulsar.") var pulsarVersion: String?
    @Flag(inversion: .prefixedNo, help: "Whether a list of the last five minutes will do.") var cache = true

    func run() async throws {
        let work = try ImageWork("images")
        let now = work.seams.clock.now()
        let images = try await ImageListing(place: place, work: work).images(usesCache: cache)
            .filter { pulsarVersion == nil || $0.pulsarVersion == pulsarVersion }
        try place.print(images) { ImageTable.render(images, at: now) }
    }
}

/// `labhost image latest`: the image that a plan would take.
struct ImageLatestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "latest",
        abstract: "Print the id of the newest image, alone on a line.",
        discussion: "Example: labhost image latest --pulsar-version 3.0.0"
    )

    @OptionGroup var place: ImagePlace
    @Option(help: "The version of Pulsar; any, if it is left out.") var pulsarVersion: String?

    func run() async throws {
        let work = try ImageWork("images")
        let region = try place.onlyRegion(work.seams.environment)
        // Never from the cache: a script that asks after a build wants that build.
        let images = try await ImageListing(place: place, work: work).images(usesCache: false)
        let wanted = images.filter { !$0.isLeftover && (pulsarVersion ?? $0.pulsarVersion) == $0.pulsarVersion }
        guard let image = wanted.first(where: { $0.state == "available" }) else {
            throw LabError(
                .preflight,
                "no image in \(region) carries Pulsar\(pulsarVersion.map { " \($0)" } ?? "")",
                cause: wanted.first.map { "\($0.id) is \($0.state)" },
                hint: "labhost image build, or labhost image list --region OTHER"
            )
        }
        try place.print(image) { "\(image.id)\n" }
    }
}

/// The images of several regions, from the cache or from AWS.
struct ImageListing {
    let place: ImagePlace
    let work: ImageWork

    /// The images with their uses, newest first.
    func images(usesCache: Bool) async throws -> [LabImage] {
        let store = try ExperimentStore(environment: work.seams.environment)
        let cache = ImageCache(store)
        let id = ExperimentStore.newID(at: work.seams.clock.now())
        let (place, seams) = (place, work.seams)
        let images = try await withThrowingTaskGroup(of: [LabImage].self) { group in
            for region in try place.regions(seams.environment) {
                group.addTask {
                    let context = place.context(id, in: region, seams: seams, events: SweepEvents())
                    let key = try await ImageCache.Place(context, region: region)
                    if usesCache, let known = cache.images(of: key, at: seams.clock.now()) { return known }
                    let found = try await ImageInventory(context).images(withUses: true)
                    cache.store(found, of: key, at: seams.clock.now())
                    return found
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return images.sorted {
            ($0.createdAt ?? .distantPast, $0.region, $0.id) > ($1.createdAt ?? .distantPast, $1.region, $1.id)
        }
    }
}
