import ArgumentParser
import LabHost
import PacerBuilder
import PluginAPI
import SystemPackage

/// `labhost image build`: an image by its recipe, unless it is there.
struct ImageBuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "build",
        abstract: "Build an image, unless one with the same content is there.",
        discussion: """
            The recipe is that of a plan (plugins.image.options), or nothing but defaults, with each --set in place of it; \
            labhost plugins packer lists its keys. Nothing of the build is left but the image; the log is kept.

            Example: labhost image build --pulsar-version 3.0.0 --set architecture=arm64
            """
    )

    @OptionGroup var place: ImagePlace
    @Argument(help: "A plan whose image is to be built.", completion: .plans) var plan: String?
    @Option(help: "The version of Pulsar.") var pulsarVersion: String?
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp("A value of the recipe, as YAML; may be repeated.", valueName: "key=value")
    )
    var values: [String] = []
    @Option(help: "An instance profile for the build's instance; one is made otherwise.") var instanceProfile: String?
    @Flag(help: "Build anew, whatever there is.") var force = false

    private struct Answer: Encodable {
        var blueprint: ImageBlueprint
        /// Nil in a rehearsal, when there is none yet.
        var image: LabImage?
        var wasThere: Bool
    }

    func run() async throws {
        let work = try ImageWork("build")
        let environment = work.seams.environment
        let order = try ImageOrder(plan: plan, version: pulsarVersion, values: values, environment: environment)
        var place = place
        place.region = place.region ?? order.cloud?.region
        place.profile = place.profile ?? order.cloud?.profile
        let region = try place.onlyRegion(environment)
        let store = try ExperimentStore(environment: environment)
        let id = ExperimentStore.newID(at: work.seams.clock.now())
        let directory = store.directory(of: id)
        // Held while it works, so that a sweep on this machine leaves it alone.
        let lock = place.dryRun ? nil : try ExperimentLock(store.create(id))
        defer {
            _ = lock
            if !place.dryRun { ImageCache(store).empty() }
        }
        let path = directory.path.appending("image")
        let (chosen, force, profile) = (place, force, instanceProfile ?? order.cloud?.instanceProfile)
        let answer = try await work.run(summary: Self.summary) { events in
            var context = chosen.context(id, in: region, at: path, seams: work.seams, events: events)
            context.cloud.instanceProfile = profile
            context.tags = order.tags.merging(context.tags) { $1 }
            let build = ImageBuild(order.recipe, context: context)
            let blueprint = try await build.blueprint(version: order.version)
            let there = force ? nil : try await build.existing(blueprint)
            if chosen.dryRun || there != nil {
                return Answer(blueprint: blueprint, image: there, wasThere: there != nil)
            }
            let image = try await build.run(blueprint, force: force)
            return Answer(blueprint: blueprint, image: image, wasThere: image.name != blueprint.name)
        }
        // Without a build there is no log to keep.
        if answer.wasThere, !place.dryRun { try? directory.remove() }
        try place.print(answer) { text(answer) }
    }

    @Sendable private static func summary(_ answer: Answer) -> String {
        guard let image = answer.image else {
            return "\(answer.blueprint.name), from \(answer.blueprint.baseImageName)"
        }
        return "\(image.name) (\(image.id))\(answer.wasThere ? ", which was there" : "")"
    }

    private func text(_ answer: Answer) -> String {
        if let image = answer.image { return "\(image.id)\n" }
        let blueprint = answer.blueprint
        return """
            would be built: \(blueprint.name) in \(blueprint.region)
              Pulsar \(blueprint.pulsarVersion), benchmark \(blueprint.benchmark)
              from \(blueprint.baseImageName) (\(blueprint.baseImage))
              key \(blueprint.key)

            """
    }
}
