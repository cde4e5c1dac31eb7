import AWS
import ArgumentParser
import LabHost
import PacerBuilder
import PluginAPI

/// `labhost image copy`: an image in other regions.
struct ImageCopyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "copy",
        abstract: "Copy an image to other regions, all at once.",
        discussion: """
            Tags and encryption are kept. A region that has an image with the same content is left as it is. A copy that \
            fails, or is interrupted, is deleted.

            Example: labhost image copy ami-0abcdef1234567890 --to eu-west-1,ap-south-1
            """
    )

    @OptionGroup var place: ImagePlace
    @Argument(help: "The image's id.") var image: String
    @Option(name: .customLong("to"), help: "The regions, separated by commas.") var targets: String
    @Option(help: "The KMS key of the copies' disks; must exist in every region.") var kmsKey: String?
    @Flag(help: "Copy also where an image with the same content is.") var force = false

    func run() async throws {
        let work = try ImageWork("copy")
        let region = try place.onlyRegion(work.seams.environment)
        let store = try ExperimentStore(environment: work.seams.environment)
        let id = ExperimentStore.newID(at: work.seams.clock.now())
        let targets = try regions(other: region)
        let (image, place, force, kmsKey) = (image, place, force, kmsKey)
        defer { if !place.dryRun { ImageCache(store).empty() } }
        let outcomes = try await work.run(summary: Self.summary) { events in
            let context = place.context(id, in: region, seams: work.seams, events: events)
            let found = try await ImageInventory(context).image(image)
            guard found.state == "available" else {
                throw LabError(.preflight, "the image \(image) is \(found.state), not available")
            }
            if place.dryRun { return targets.map { ImageCopies.Outcome(region: $0) } }
            return try await ImageCopies(context).copy(found, to: targets, force: force, encryptedWith: kmsKey)
        }
        try place.print(outcomes) { text(outcomes) }
        let failures = outcomes.compactMap(\.error)
        if let first = failures.first(where: { $0.code == .leftBehind }) ?? failures.first {
            throw LabError(
                first.code,
                "\(failures.count) of \(outcomes.count) copies failed",
                cause: failures.map(\.description).joined(separator: "\n"),
                hint: first.hint
            )
        }
    }

    private func regions(other region: String) throws -> [String] {
        var seen: Set<String> = []
        let words = PlanOptions.words(targets).filter { seen.insert($0).inserted }
        guard !words.isEmpty else { throw LabError(.usage, "--to names no region") }
        return try words.map { word in
            guard let named = try AWSRegion.resolve(plan: word, profile: nil, environment: [:]), named != region else {
                throw LabError(.usage, "the image is in \(region) already")
            }
            return named
        }
    }

    @Sendable private static func summary(_ outcomes: [ImageCopies.Outcome]) -> String {
        "\(outcomes.count { $0.image != nil }) of \(outcomes.count) regions"
    }

    private func text(_ outcomes: [ImageCopies.Outcome]) -> String {
        outcomes.map { outcome in
            if let copy = outcome.image {
                return "\(outcome.region): \(copy.id)\(outcome.isOld ? ", which was there before" : "")\n"
            }
            if outcome.error != nil { return "\(outcome.region): failed\n" }
            return "\(outcome.region): would be copied\n"
        }.joined()
    }
}
