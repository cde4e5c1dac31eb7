import AWS
public import PluginAPI
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Builds an image with packer, unless it is there.
///
/// Packer makes the instance and the image; in between it hands the instance over, and LabHost provisions it through Systems
/// Manager. If LabHost is killed packer notices, and deletes what it made; if both are, the instance ends itself.
public struct ImageBuild: Sendable {
    /// How long an instance lives at most.
    static let lifetime = Duration.seconds(2 * 3600)

    private let context: PluginContext
    private let recipe: ImageRecipe

    /// Makes it for the context's region. Its directory keeps the template and the log.
    public init(_ recipe: ImageRecipe, context: PluginContext) {
        self.recipe = recipe
        self.context = context
    }

    /// What would be built.
    ///
    /// - Parameter version: The version of Pulsar.
    /// - Returns: The blueprint.
    /// - Throws: ``LabError`` when the base image, or the user's script, is not there.
    public func blueprint(version: String) async throws -> ImageBlueprint {
        try await ImageBlueprint(recipe, version: version, context: context)
    }

    /// The image of a blueprint that is there already.
    ///
    /// - Returns: The image; nil when there is none, or it is still being made.
    /// - Throws: ``LabError`` when AWS did not answer.
    public func existing(_ blueprint: ImageBlueprint) async throws -> LabImage? {
        do {
            return try await EC2(context).images([.init("tag:\(ImageTags.key)", [blueprint.key.text])])
                .first { $0.state == "available" }.flatMap { LabImage($0, region: blueprint.region) }
        } catch {
            throw LabError(aws: error, .failed, while: "looking for the image")
        }
    }

    /// Builds an image, unless one with the same key is there or on its way.
    ///
    /// - Parameters:
    ///   - blueprint: What to build.
    ///   - force: Whether it is built anew.
    /// - Returns: The image.
    /// - Throws: ``LabError``; what was made on the way is deleted then.
    public func run(_ blueprint: ImageBlueprint, force: Bool = false) async throws -> LabImage {
        do {
            if !force,
                let image = try await BuildsElsewhere(context: context, limit: Self.lifetime)
                    .image(blueprint.key)
            {
                return image
            }
        } catch {
            throw LabError(aws: error, .failed, while: "looking for the image")
        }
        let tags = ["Name": "\(context.experiment)-image", ImageTags.key: blueprint.key.text]
        let temporary = TemporaryInstance(context, lifetime: Self.lifetime, tags: tags)
        let credentials = try await context.credentials.credentials()
        try LocalFile.makeDirectory(context.directory)
        let log = BuildLog(path: context.directory.appending("packer.log"), mask: SecretMask(credentials))
        let packer = Packer(context: context, directory: context.directory, log: log)
        let version = try await packer.version()
        let ledger = BuildLedger(events: context.events, instanceType: recipe.instanceType)
        do {
            // What an attempt before this one may have left, when an experiment is carried on.
            try await temporary.delete([])
            let image = try await build(blueprint, temporary, packer, version, ledger)
            try await temporary.delete(await ledger.made)
            return image
        } catch {
            let failure = LabError(aws: error, .failed, while: "building the image")
            do { try await temporary.delete(await ledger.made) } catch {
                let left = LabError(error, code: .leftBehind, while: "cleaning up")
                throw LabError(
                    .leftBehind,
                    "\(failure.message), and \(left.message)",
                    cause: [failure.cause, left.cause].compactMap(\.self).joined(separator: "\n"),
                    hint: left.hint
                )
            }
            if error is CancellationError { throw error }
            throw failure
        }
    }

    private func build(
        _ blueprint: ImageBlueprint,
        _ temporary: TemporaryInstance,
        _ packer: Packer,
        _ version: PackerVersion,
        _ ledger: BuildLedger
    ) async throws -> LabImage {
        let total = InstanceProvisioning.total(blueprint)
        try await context.events.progress("making a role and a group", completed: 0, of: total)
        let access = try await BuildAccess(context: temporary.context, subnet: recipe.subnet).make()
        await ledger.add(access.resources)
        try write(blueprint, access, temporary, version)
        if version >= .withPlugins { try await packer.initialise() }
        try await context.events.progress("starting an instance", completed: 0.5, of: total)
        let id = try await drive(packer, blueprint, temporary, ledger)
        guard let made = try await EC2(context).image(id), let image = LabImage(made, region: blueprint.region) else {
            throw LabError(.failed, "packer says that it made \(id), and EC2 does not have it with its tags")
        }
        return image
    }

    /// Packer and the provisioning are siblings: packer waits for the provisioning's verdict, which is a file.
    private func drive(
        _ packer: Packer,
        _ blueprint: ImageBlueprint,
        _ temporary: TemporaryInstance,
        _ ledger: BuildLedger
    ) async throws -> String {
        let (instances, handedOver) = AsyncStream.makeStream(of: String.self)
        let provisioning = InstanceProvisioning(
            context: temporary.context,
            blueprint: blueprint,
            recipe: recipe,
            log: packer.log
        )
        let total = InstanceProvisioning.total(blueprint)
        let directory = context.directory
        return try await withTaskGroup(of: Ending.self) { group in
            group.addTask {
                defer { handedOver.finish() }
                do {
                    let result = FoundImage()
                    try await packer.build { line in
                        if case .image(_, let id) = line { await result.set(id) }
                        if let id = line.word(after: "Instance ID: ", beginning: "i-") {
                            try await ledger.addInstance(id)
                        }
                        if let id = line.word(after: "labhost-instance ", beginning: "i-") { handedOver.yield(id) }
                        if let id = line.word(after: "AMI: ", beginning: "ami-") { await tag(id, blueprint) }
                        if case .said(let text) = line, text.hasPrefix("Creating AMI") {
                            try await context.events.progress("making the image", completed: total - 1, of: total)
                        }
                    }
                    return .packer(await result.id)
                } catch {
                    return .packerFailed(error)
                }
            }
            group.addTask {
                for await instance in instances {
                    var failure: (any Error)?
                    do { try await provisioning.run(on: instance) } catch { failure = error }
                    do {
                        let verdict = failure == nil ? "provisioned\n" : "failed\n"
                        try LocalFile.write(Array(verdict.utf8), to: directory.appending("verdict"))
                    } catch {
                        failure = failure ?? error
                    }
                    if let failure { return .provisioningFailed(failure) }
                }
                return .provisioned
            }
            return await Self.outcome(of: &group)
        }.get()
    }

    /// How one half of a build ended.
    private enum Ending: Sendable {
        case packer(String?)
        case packerFailed(any Error)
        case provisioned
        case provisioningFailed(any Error)
    }

    /// The image, or the first failure: packer fails when provisioning has, and provisioning goes on in vain when packer has.
    private static func outcome(of group: inout TaskGroup<Ending>) async -> Result<String, any Error> {
        var image: String?
        var failure: (any Error)?
        for await ending in group {
            switch ending {
            case .packer(let id): image = id
            case .provisioned: break
            case .provisioningFailed(let error): failure = failure ?? error
            case .packerFailed(let error):
                failure = failure ?? error
                group.cancelAll()
            }
        }
        if let failure { return .failure(failure) }
        guard let image else {
            return .failure(LabError(.failed, "packer ended well and made no image", hint: "see packer.log"))
        }
        return .success(image)
    }

    /// Tags an image as soon as it has an id: packer 1.6 does so only once it is available, and if nobody is left by then it
    /// would stay for ever, and nobody would know whose it is. What fails here, packer does in the end.
    private func tag(_ image: String, _ blueprint: ImageBlueprint) async {
        var parameters: QueryParameters = ["ResourceId.1": image]
        for (index, tag) in blueprint.imageTags(context.tags).sorted(by: { $0.key < $1.key }).enumerated() {
            parameters.set("Tag.\(index + 1).Key", tag.key)
            parameters.set("Tag.\(index + 1).Value", tag.value)
        }
        try? await EC2(context).perform("CreateTags", parameters)
    }

    private func write(
        _ blueprint: ImageBlueprint,
        _ access: BuildAccess.Made,
        _ temporary: TemporaryInstance,
        _ version: PackerVersion
    ) throws {
        let variables = PackerVariables(
            blueprint,
            recipe,
            access,
            runTags: temporary.context.tags,
            tags: context.tags,
            endpoint: context.cloud.endpoint,
            process: getpid()
        )
        var files: [(String, [UInt8])] = [
            ("image.pkr.hcl", ProvisioningFiles.template), ("handover.sh", ProvisioningFiles.handover),
            ("user-data.sh", Array(temporary.userData.utf8)), ("image.pkrvars.json", try variables.encoded()),
        ]
        if version >= .withPlugins { files.append(("plugins.pkr.hcl", ProvisioningFiles.plugins)) }
        LocalFile.remove(context.directory.appending("verdict"))
        for (name, content) in files { try LocalFile.write(content, to: context.directory.appending(name)) }
    }
}

/// The image that packer named.
private actor FoundImage {
    private(set) var id: String?
    func set(_ id: String) { self.id = id }
}

/// What a build has made so far.
actor BuildLedger {
    private let events: any EventSink
    private let instanceType: String
    private(set) var made: [Resource] = []

    init(events: any EventSink, instanceType: String) {
        self.events = events
        self.instanceType = instanceType
    }

    /// Adds what is in the journal already.
    func add(_ resources: [Resource]) { made += resources }

    /// Records an instance.
    func addInstance(_ id: String) async throws {
        let attributes = ["component": ImageTags.component, "instanceType": instanceType, "lifecycle": "on-demand"]
        let resource = Resource(kind: "instance", id: id, name: ImageTags.component, attributes: attributes)
        made.append(resource)
        try await events.record(.created(resource))
    }
}
