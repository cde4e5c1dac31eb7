import ArgumentParser
import Document
import LabHost
import PacerBuilder
import PluginAPI

/// `labhost image prune`: images that have had their time.
struct ImagePruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Find, and with --execute delete, images that LabHost built and nobody needs.",
        discussion: """
            Of each version the newest stay, and so does whatever is in use. Images that LabHost did not build are not \
            looked at.

            Example: labhost image prune --keep 2 --older-than 30d
            """
    )

    @OptionGroup var place: ImagePlace
    @Option(help: "How many of each version stay.") var keep = 2
    @Option(help: "Those that are younger stay, too: 12h, 30d.") var olderThan = "30d"
    @Flag(help: "Delete what was found.") var execute = false
    @Flag(help: "Leave the snapshots, which cost money.") var keepSnapshots = false

    private struct Answer: Encodable {
        var isDry: Bool
        var images: [ImageRemoval.Outcome]
    }

    func validate() throws {
        guard (0...1000).contains(keep) else { throw ValidationError("--keep takes a whole number from 0 to 1000") }
        guard DurationText.parse(olderThan) != nil else {
            throw ValidationError(
                "--older-than takes a duration such as 12h or 30d, not \(Printable.quoted(olderThan))"
            )
        }
        guard !(execute && place.dryRun) else { throw ValidationError("--execute and --dry-run contradict each other") }
    }

    func run() async throws {
        let work = try ImageWork("prune")
        let store = try ExperimentStore(environment: work.seams.environment)
        let id = ExperimentStore.newID(at: work.seams.clock.now())
        let regions = try place.regions(work.seams.environment)
        let policy = PrunePolicy(keep: keep, olderThan: DurationText.parse(olderThan) ?? .seconds(0))
        let (place, execute, keepSnapshots) = (place, execute, keepSnapshots)
        if execute { ImageCache(store).empty() }
        defer { if execute { ImageCache(store).empty() } }
        let outcomes = try await work.run(summary: { ImageOutcomeText.summary($0, isDry: !execute) }) { events in
            var outcomes: [ImageRemoval.Outcome] = []
            for region in regions {
                let context = place.context(id, in: region, seams: work.seams, events: events)
                let images = try await ImageInventory(context).images(withUses: true)
                for (image, verdict) in policy.verdicts(on: images, at: work.seams.clock.now()) {
                    switch verdict {
                    case .keep(let reason):
                        var outcome = ImageRemoval.Outcome(image: image)
                        outcome.refusal = reason
                        outcomes.append(outcome)
                    case .delete:
                        outcomes.append(
                            try await ImageRemoval(context)
                                .delete(image, keepsSnapshots: keepSnapshots, isDry: !execute)
                        )
                    }
                }
            }
            return outcomes
        }
        try place.print(Answer(isDry: !execute, images: outcomes)) { text(outcomes) }
        if let error = ImageOutcomeText.error(outcomes.filter { $0.refusal == nil }, keepSnapshots: keepSnapshots) {
            throw error
        }
    }

    private func text(_ outcomes: [ImageRemoval.Outcome]) -> String {
        guard !outcomes.isEmpty else { return "there are no images that LabHost built\n" }
        let lines = ImageOutcomeText.render(outcomes, isDry: !execute)
        guard !execute, outcomes.contains(where: \.isDeleted) else { return lines }
        return lines + "nothing was changed; to delete them: the same with --execute\n"
    }
}
