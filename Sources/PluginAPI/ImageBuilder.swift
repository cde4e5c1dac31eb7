/// Which image is wanted.
public struct ImageRequest: Sendable, Hashable, Codable {
    /// An image named by the plan; it wins over the version.
    public var id: String?
    /// The Pulsar version that the image must carry.
    public var pulsarVersion: String
    /// Whether one may be built when there is none.
    public var buildIfMissing: Bool
    /// The regions that one may be copied from when the experiment's has none.
    public var copyFrom: [String]

    /// Makes a request.
    public init(id: String? = nil, pulsarVersion: String, buildIfMissing: Bool = false, copyFrom: [String] = []) {
        self.id = id
        self.pulsarVersion = pulsarVersion
        self.buildIfMissing = buildIfMissing
        self.copyFrom = copyFrom
    }

    /// Reads a request; one that was written before images could be made asks for none to be.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decodeIfPresent(String.self, forKey: .id)
        pulsarVersion = try container.decode(String.self, forKey: .pulsarVersion)
        buildIfMissing = try container.decodeIfPresent(Bool.self, forKey: .buildIfMissing) ?? false
        copyFrom = try container.decodeIfPresent([String].self, forKey: .copyFrom) ?? []
    }

    private enum CodingKeys: String, CodingKey {
        case id, pulsarVersion, buildIfMissing, copyFrom
    }
}

/// Finds, or makes, the machine image that hosts boot from.
public protocol ImageBuilder: Plugin {
    /// The image for a request.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when there is none and none can be made.
    func image(for request: ImageRequest) async throws -> MachineImage

    /// The image for a request that is there already; it changes nothing.
    ///
    /// - Returns: The image; nil when ``image(for:)`` would have to make it.
    /// - Throws: ``LabError`` as ``image(for:)``.
    func existing(for request: ImageRequest) async throws -> MachineImage?

    /// Looks for what making an image takes, tools above all; it changes nothing.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight``.
    func preflight(for request: ImageRequest) async throws
}

extension ImageBuilder {
    /// For builders that only find images.
    public func existing(for request: ImageRequest) async throws -> MachineImage? { try await image(for: request) }

    /// Finding takes nothing.
    public func preflight(for request: ImageRequest) async throws {}
}
