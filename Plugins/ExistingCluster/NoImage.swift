public import PluginAPI

/// No image at all, for hosts that exist already.
public struct NoImage: ImageBuilder {
    /// Chosen along with provisioners that boot nothing.
    public static let descriptor = PluginDescriptor(
        id: "none",
        phase: .image,
        summary: "no image: the hosts exist already"
    )

    /// Makes the builder.
    public init(options: NoOptions, context: PluginContext) {}

    /// The name of nothing.
    public func image(for request: ImageRequest) async throws -> MachineImage {
        MachineImage(id: request.id ?? "none", name: "no image", pulsarVersion: nil)
    }
}
