/// A machine image as EC2 describes it.
public struct EC2Image: Sendable, Hashable {
    /// The id.
    public var id: String
    /// The name; not every image has one.
    public var name: String
    /// What its maker said of it.
    public var description: String
    /// `available`, `pending`, `failed` …
    public var state: String
    /// Why it is in that state, in EC2's words; nil when EC2 does not say.
    public var stateReason: String?
    /// When it was made, in ISO 8601, so that text order is time order.
    public var creationDate: String
    /// `x86_64` or `arm64`.
    public var architecture: String?
    /// The account that owns it.
    public var owner: String?
    /// The device of its root disk.
    public var rootDevice: String?
    /// The snapshots that its disks are made from.
    public var snapshots: [String]
    /// The size of its disks together, in GiB; nil when EC2 does not say.
    public var sizeGB: Int?
    /// Whether any of its snapshots is encrypted.
    public var isEncrypted: Bool
    /// Its tags.
    public var tags: [String: String]

    /// Reads an entry of DescribeImages; nil when it has no id.
    public init?(_ node: XMLNode) {
        guard let id = node.text("imageId") else { return nil }
        self.id = id
        name = node.text("name") ?? ""
        description = node.text("description") ?? ""
        state = node.text("imageState") ?? "unknown"
        stateReason = node.text("stateReason", "message") ?? node.text("stateReason", "code")
        creationDate = node.text("creationDate") ?? ""
        architecture = node.text("architecture")
        owner = node.text("imageOwnerId")
        rootDevice = node.text("rootDeviceName")
        let disks = node.items("blockDeviceMapping").compactMap { $0["ebs"] }
        snapshots = disks.compactMap { $0.text("snapshotId") }
        let sizes = disks.compactMap { $0.text("volumeSize").flatMap(Int.init) }
        sizeGB = sizes.isEmpty ? nil : sizes.reduce(0, +)
        isEncrypted = disks.contains { $0.text("encrypted") == "true" }
        tags = node.tags
    }
}

extension EC2 {
    /// The images that meet all filters, newest first.
    ///
    /// - Parameters:
    ///   - owner: `self`, `amazon` or an account; nil for any.
    ///   - filters: All must hold.
    /// - Returns: The images.
    /// - Throws: As ``AWSClient/query(_:_:_:safety:)``.
    public func images(owner: String? = "self", _ filters: [QueryParameters.Filter]) async throws -> [EC2Image] {
        var parameters: QueryParameters = [:]
        if let owner { parameters.set("Owner.1", owner) }
        return try await describe("DescribeImages", list: "imagesSet", filters: filters, parameters: parameters)
            .compactMap(EC2Image.init)
            .sorted { ($0.creationDate, $0.id) > ($1.creationDate, $1.id) }
    }

    /// The image with an id, whoever owns it; nil when there is none. Unlike DescribeImages by id, that is no error.
    public func image(_ id: String) async throws -> EC2Image? {
        try await images(owner: nil, [.init("image-id", [id])]).first
    }
}
