public import PluginAPI

/// An image that does not exist, for hosts that do not exist.
public struct DryRunImage: ImageBuilder {
    /// Chosen along with the dry-run provisioner.
    public static let descriptor = PluginDescriptor(
        id: "dry-run",
        phase: .image,
        summary: "names an image that does not exist",
        provides: [.machineImages, .simulated]
    )

    /// Makes the builder.
    public init(options: NoOptions, context: PluginContext) {}

    /// The image asked for by id, or a made-up one whose name says so.
    public func image(for request: ImageRequest) async throws -> MachineImage {
        let hash = StableHash("image", request.pulsarVersion).hexadecimal
        return MachineImage(
            id: request.id ?? "ami-0\(hash)",
            name: "simulated-pulsar-\(request.pulsarVersion)",
            pulsarVersion: request.pulsarVersion
        )
    }
}
