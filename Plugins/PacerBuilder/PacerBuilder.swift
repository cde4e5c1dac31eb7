import AWS
public import PluginAPI

/// Finds the machine image that hosts boot from: the one that the plan names, or the newest of the account's own that
/// carries the wanted Pulsar version in its `PulsarVersion` tag.
///
/// Building images with packer comes later; until then `build_if_missing` is refused with the plan.
public struct PacerBuilder: ImageBuilder {
    /// `packer`.
    public static let descriptor = PluginDescriptor(
        id: "packer",
        phase: .image,
        summary: "finds the AMI by its id or its PulsarVersion tag",
        provides: [.machineImages],
        actions: ["ec2:DescribeImages"]
    )

    private static let tag = "PulsarVersion"

    private let context: PluginContext
    private let ec2: EC2

    /// Makes the builder.
    public init(options: NoOptions, context: PluginContext) {
        self.context = context
        ec2 = EC2(context)
    }

    /// The image that was asked for.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` that says what was looked for and what there is.
    public func image(for request: ImageRequest) async throws -> MachineImage {
        do {
            if let id = request.id { return try await image(named: id) }
            return try await newest(carrying: request.pulsarVersion)
        } catch {
            throw LabError(aws: error, .preflight, while: "looking for the machine image")
        }
    }

    private func image(named id: String) async throws -> MachineImage {
        // A filter rather than the id: an id that does not exist is an answer then, not an error.
        let found = try await ec2.images(owner: nil, [.init("image-id", [id])])
        guard let image = found.first else {
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
        return machineImage(image)
    }

    private func newest(carrying version: String) async throws -> MachineImage {
        let found = try await ec2.images([.init("tag:\(Self.tag)", [version])])
        if let image = found.first(where: { $0.state == "available" }) { return machineImage(image) }
        if let image = found.first {
            throw LabError(
                .preflight,
                "the only image with \(Self.tag)=\(version) in \(region), \(image.id), is \(image.state)",
                hint: "wait until it is available, or build another"
            )
        }
        let others = try await ec2.images([.init("tag-key", [Self.tag])])
        throw LabError(
            .preflight,
            "no image of your own in \(region) has the tag \(Self.tag)=\(version)",
            cause: Self.inventory(others),
            hint: others.isEmpty
                ? "build an image that has Pulsar and OMB, and tag it \(Self.tag)=\(version)"
                : "set image.pulsar_version to one of these, or image.id to the image that you mean"
        )
    }

    /// What there is instead: versions with the newest image of each.
    static func inventory(_ images: [EC2Image]) -> String {
        guard !images.isEmpty else { return "no image of yours has a \(tag) tag at all" }
        var newest: [String: EC2Image] = [:]
        for image in images {
            guard let version = image.tags[tag], newest[version] == nil else { continue }
            newest[version] = image
        }
        let lines = newest.sorted { $0.key < $1.key }.prefix(10).map { "\($0.key): \($0.value.id) \($0.value.name)" }
        let more = newest.count > lines.count ? ["and \(newest.count - lines.count) more"] : []
        return (["there are:"] + lines + more).joined(separator: "\n")
    }

    private func machineImage(_ image: EC2Image) -> MachineImage {
        MachineImage(id: image.id, name: image.name, pulsarVersion: image.tags[Self.tag])
    }

    private var region: String { context.cloud.region ?? "the region" }
}
