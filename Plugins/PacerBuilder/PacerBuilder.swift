import AWS
public import PluginAPI
import SystemPackage

/// Finds the machine image that hosts boot from, and makes one if the plan lets it: the one that the plan names, or the
/// newest of the account's own that carries the wanted Pulsar; from another region; or built with packer.
///
/// A plan with a recipe of its own takes only images of that recipe, whatever base image they were built from.
public struct PacerBuilder: ImageBuilder {
    /// `packer`.
    public static let descriptor = PluginDescriptor(
        id: "packer",
        phase: .image,
        summary: "finds the AMI by its id or its PulsarVersion tag, copies it, or builds it with packer",
        provides: [.machineImages],
        actions: ["ec2:DescribeImages"]
    )

    /// The AWS actions of a request beyond ``descriptor``'s: a policy allows what its plan needs.
    public static func actions(for request: ImageRequest) -> [String] {
        (request.copyFrom.isEmpty ? [] : ImageCopy.actions) + (request.buildIfMissing ? building : [])
    }

    /// What packer calls, and what LabHost does besides.
    private static let building =
        [
            "AuthorizeSecurityGroupEgress", "CreateImage", "CreateSecurityGroup", "CreateTags", "DeregisterImage",
            "DescribeImages", "DescribeInstances", "DescribeInstanceStatus", "DescribeRegions",
            "DescribeSecurityGroups",
            "DescribeSnapshots", "DescribeSubnets", "DescribeVolumes", "DescribeVpcs", "ModifyInstanceAttribute",
            "ModifyInstanceMetadataOptions", "RunInstances", "StopInstances", "TerminateInstances",
        ].map { "ec2:\($0)" } + ManagedProfile.actions + InstanceCommands.actions + Cleanup.actions

    private let context: PluginContext
    private let recipe: ImageRecipe

    /// Makes the builder.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/invalidPlan`` when options contradict each other.
    public init(options: ImageRecipe, context: PluginContext) throws {
        try options.check()
        self.context = context
        recipe = options
    }

    /// The image that is there, in the region; nil when it would have to be copied or built.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when the image that the plan names cannot be used.
    public func existing(for request: ImageRequest) async throws -> MachineImage? {
        do {
            if let id = request.id { return try await image(named: id) }
            return try await newest(request.pulsarVersion, in: context).map(MachineImage.init)
        } catch {
            throw LabError(aws: error, .preflight, while: "looking for the machine image")
        }
    }

    /// Looks for packer where an image may have to be built.
    public func preflight(for request: ImageRequest) async throws {
        guard request.buildIfMissing else { return }
        let mask = SecretMask(try await context.credentials.credentials())
        let log = BuildLog(path: context.directory.appending("packer.log"), mask: mask)
        _ = try await Packer(context: context, directory: context.directory, log: log).version()
    }

    /// The image that was asked for.
    ///
    /// - Throws: ``LabError`` that says what was looked for and what there is.
    public func image(for request: ImageRequest) async throws -> MachineImage {
        if let image = try await existing(for: request) { return image }
        if let image = try await copied(request) { return image }
        if request.buildIfMissing { return try await built(request) }
        throw try await missing(request)
    }

    private func image(named id: String) async throws -> MachineImage {
        guard let image = try await EC2(context).image(id) else {
            throw LabError(
                .preflight,
                "there is no image \(id) in \(region)",
                hint: "check image.id and aws.region: an image exists in one region only, and must be shared with you"
            )
        }
        guard image.state == "available" else {
            throw LabError(
                .preflight,
                "the image \(id) is \(image.state), not available",
                hint: image.state == "pending" ? "wait until it is, then repeat the command" : "name another image"
            )
        }
        return MachineImage(id: image.id, name: image.name, pulsarVersion: image.tags[ImageTags.pulsarVersion])
    }

    /// The newest image that will do.
    private func newest(_ version: String, in context: PluginContext) async throws -> LabImage? {
        let recipe = try recipe.hasStandardContent ? nil : ImageBlueprint.recipeKey(of: recipe, version: version)
        return try await ImageInventory(context).images(version: version)
            .first { $0.state == "available" && (recipe == nil || $0.recipe == recipe?.text) }
    }

    /// A copy of an image that another region has, if the plan names regions to copy from.
    private func copied(_ request: ImageRequest) async throws -> MachineImage? {
        guard request.id == nil, let here = context.cloud.region else { return nil }
        for region in request.copyFrom where region != here {
            let there = context.moved(to: region)
            guard let image = try await newest(request.pulsarVersion, in: there) else { continue }
            try await context.events.note("copying \(image.id) from \(region) to \(here)")
            let outcome = try await ImageCopies(there).copy(image, to: [here]).first
            if let copy = outcome?.image { return MachineImage(copy) }
            throw outcome?.error ?? LabError(.failed, "the image \(image.id) was not copied to \(here)")
        }
        return nil
    }

    private func built(_ request: ImageRequest) async throws -> MachineImage {
        let build = ImageBuild(recipe, context: context)
        let blueprint = try await build.blueprint(version: request.pulsarVersion)
        try await context.events.note("building the image \(blueprint.name) from \(blueprint.baseImageName)")
        return MachineImage(try await build.run(blueprint))
    }

    private func missing(_ request: ImageRequest) async throws -> LabError {
        let version = request.pulsarVersion
        let others: [LabImage]
        do {
            others = try await ImageInventory(context).images()
        } catch {
            return LabError(aws: error, .preflight, while: "looking for the machine image")
        }
        if let image = others.first(where: { $0.pulsarVersion == version && $0.state != "available" }) {
            return LabError(
                .preflight,
                "the only image with \(ImageTags.pulsarVersion)=\(version) in \(region), \(image.id), is \(image.state)",
                hint: "wait until it is available, or build another"
            )
        }
        let own = recipe.hasStandardContent ? "" : ", built by the plan's own recipe,"
        return LabError(
            .preflight,
            "no image of your own in \(region)\(own) has the tag \(ImageTags.pulsarVersion)=\(version)",
            cause: Self.inventory(others),
            hint: others.isEmpty || !recipe.hasStandardContent
                ? "labhost image build --pulsar-version \(version), or image.build_if_missing: true in the plan"
                : "set image.pulsar_version to one of these, image.id to the image that you mean, or "
                    + "image.build_if_missing to true"
        )
    }

    /// What there is instead: versions with the newest image of each.
    static func inventory(_ images: [LabImage]) -> String {
        guard !images.isEmpty else { return "no image of yours has a \(ImageTags.pulsarVersion) tag at all" }
        var newest: [String: LabImage] = [:]
        for image in images where newest[image.pulsarVersion] == nil { newest[image.pulsarVersion] = image }
        let lines = newest.sorted { $0.key < $1.key }.prefix(10).map { "\($0.key): \($0.value.id) \($0.value.name)" }
        let more = newest.count > lines.count ? ["and \(newest.count - lines.count) more"] : []
        return (["there are:"] + lines + more).joined(separator: "\n")
    }

    private var region: String { context.cloud.region ?? "the region" }
}

extension MachineImage {
    /// What a plan's other plugins need to know of an image.
    init(_ image: LabImage) { self.init(id: image.id, name: image.name, pulsarVersion: image.pulsarVersion) }
}
