/// Which image is wanted.
public struct ImageRequest: Sendable, Hashable, Codable {
    /// An image named by the plan; it wins over the version.
    public var id: String?
    /// The Pulsar version that the image must carry.
    public var pulsarVersion: String

    /// Makes a request.
    public init(id: String? = nil, pulsarVersion: String) {
        self.id = id
        self.pulsarVersion = pulsarVersion
    }
}

/// Finds, or makes, the machine image that hosts boot from.
public protocol ImageBuilder: Plugin {
    /// The image for a request.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when there is none and none can be made.
    func image(for request: ImageRequest) async throws -> MachineImage
}
