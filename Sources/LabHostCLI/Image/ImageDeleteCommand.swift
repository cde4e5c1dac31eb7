import ArgumentParser
import LabHost
import PacerBuilder
import PluginAPI

/// `labhost image delete`: an image, with its snapshots.
struct ImageDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deregister images, and delete their snapshots.",
        discussion: """
            One that an instance runs from, or that a launch template names, is left alone without --force.

            Example: labhost image delete ami-0abcdef1234567890
            """
    )

    @OptionGroup var place: ImagePlace
    @Argument(help: "The images' ids.") var images: [String]
    @Flag(help: "Delete also what is in use.") var force = false
    @Flag(help: "Leave the snapshots, which cost money.") var keepSnapshots = false

    func run() async throws {
        let work = try ImageWork("delete")
        let region = try place.onlyRegion(work.seams.environment)
        let store = try ExperimentStore(environment: work.seams.environment)
        let id = ExperimentStore.newID(at: work.seams.clock.now())
        let (images, place, force, keepSnapshots) = (images, place, force, keepSnapshots)
        defer { ImageCache(store).empty() }
        let outcomes = try await work.run(summary: { ImageOutcomeText.summary($0, isDry: place.dryRun) }) { events in
            let context = place.context(id, in: region, seams: work.seams, events: events)
            // All are found before any is deleted: a misspelt id must not come up half-way.
            var found: [LabImage] = []
            for image in images { found.append(try await ImageInventory(context).image(image)) }
            var outcomes: [ImageRemoval.Outcome] = []
            for image in found {
                outcomes.append(
                    try await ImageRemoval(context)
                        .delete(image, force: force, keepsSnapshots: keepSnapshots, isDry: place.dryRun)
                )
            }
            return outcomes
        }
        try place.print(outcomes) { ImageOutcomeText.render(outcomes, isDry: place.dryRun) }
        if let error = ImageOutcomeText.error(outcomes, keepSnapshots: keepSnapshots) { throw error }
    }
}

/// What became of images that were to go, in words.
enum ImageOutcomeText {
    /// A few words.
    static func summary(_ outcomes: [ImageRemoval.Outcome], isDry: Bool) -> String {
        let refused = outcomes.count { $0.refusal != nil }
        return "\(outcomes.count { $0.isDeleted }) \(isDry ? "would be deleted" : "deleted")"
            + (refused > 0 ? ", \(refused) left alone" : "")
    }

    /// A line for each image.
    static func render(_ outcomes: [ImageRemoval.Outcome], isDry: Bool) -> String {
        outcomes.flatMap { outcome -> [String] in
            let name = "\(outcome.image.id) (\(Printable.line(outcome.image.name)))"
            if let refusal = outcome.refusal { return ["left alone: \(name): \(Printable.line(refusal))"] }
            let snapshots =
                outcome.deletedSnapshots.isEmpty
                ? "" : " with \(outcome.deletedSnapshots.joined(separator: ", "))"
            let kept = outcome.keptSnapshots.sorted { $0.key < $1.key }
                .map { "  still there: snapshot \($0.key): \(Printable.line($0.value))" }
            return ["\(isDry ? "would be deleted" : "deleted"): \(name)\(snapshots)"] + kept
        }.map { $0 + "\n" }.joined()
    }

    /// What is still there and should not be, as an error with its exit code.
    static func error(_ outcomes: [ImageRemoval.Outcome], keepSnapshots: Bool) -> LabError? {
        let kept = outcomes.flatMap { $0.keptSnapshots.keys }
        if !keepSnapshots, !kept.isEmpty {
            return LabError(
                .leftBehind,
                "\(kept.count) snapshots are left behind",
                cause: outcomes.flatMap(\.keptSnapshots.values).first,
                hint: kept.map { "aws ec2 delete-snapshot --snapshot-id \($0)" }.joined(separator: "; ")
            )
        }
        let refused = outcomes.filter { $0.refusal != nil }
        guard let first = refused.first else { return nil }
        return LabError(
            .failed,
            "\(refused.count) of \(outcomes.count) images were left alone",
            cause: "\(first.image.id): \(first.refusal ?? "")",
            hint: "--force deletes them all the same; what runs goes on running"
        )
    }
}
