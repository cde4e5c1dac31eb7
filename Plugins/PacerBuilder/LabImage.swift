public import AWS

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// An image that carries Pulsar, as people are shown it.
public struct LabImage: Sendable, Hashable, Codable {
    /// The AMI's id.
    public var id: String
    /// Its name.
    public var name: String
    /// Where it is.
    public var region: String
    /// `available`, `pending`, `failed` …
    public var state: String
    /// The version of Pulsar, from its tag.
    public var pulsarVersion: String
    /// The content key; nil when LabHost did not build it.
    public var key: String?
    /// The key of its recipe; nil when LabHost did not build it.
    public var recipe: String?
    /// When it was made; nil when EC2 does not say.
    public var createdAt: Date?
    /// The size of its disks in GiB; nil when EC2 does not say.
    public var sizeGB: Int?
    /// `x86_64` or `arm64`.
    public var architecture: String?
    /// Whether its disks are encrypted.
    public var isEncrypted: Bool
    /// Its snapshots.
    public var snapshots: [String]
    /// Whether a build that was killed left it, without its tags.
    public var isLeftover = false
    /// What runs from it or names it: `instance i-0a…`. Nil while nobody has looked.
    public var uses: [String]?

    init(
        id: String,
        name: String,
        region: String,
        state: String,
        pulsarVersion: String,
        key: String?,
        createdAt: Date?,
        uses: [String]?
    ) {
        self.id = id
        self.name = name
        self.region = region
        self.state = state
        self.pulsarVersion = pulsarVersion
        self.key = key
        self.createdAt = createdAt
        self.uses = uses
        isEncrypted = false
        snapshots = []
    }

    /// Reads an image; nil when it does not say which Pulsar it carries.
    public init?(_ image: EC2Image, region: String) {
        guard let version = image.tags[ImageTags.pulsarVersion] else { return nil }
        id = image.id
        name = image.name
        self.region = region
        state = image.state
        pulsarVersion = version
        key = image.tags[ImageTags.key]
        recipe = image.tags[ImageTags.recipe]
        createdAt = EC2Date.parse(image.creationDate)
        sizeGB = image.sizeGB
        architecture = image.architecture
        isEncrypted = image.isEncrypted
        snapshots = image.snapshots
    }

    /// Reads an image that carries the name of a build and none of its tags: EC2 went on making it when the build was killed. It
    /// is good for nothing but being deleted, because nobody knows what it was to become.
    init?(leftover image: EC2Image, region: String) {
        let parts = image.name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard image.tags.isEmpty, parts.count >= 5, parts[0] == "pulsar",
            zip(parts.suffix(3), [8, 6, 8]).allSatisfy({ $0.utf8.count == $1 && UInt64($0, radix: 16) != nil })
        else { return nil }
        var tagged = image
        tagged.tags[ImageTags.pulsarVersion] = parts[1..<parts.count - 3].joined(separator: "-")
        self.init(tagged, region: region)
        isLeftover = true
    }

    /// Whether LabHost built it.
    public var isOurs: Bool { key != nil }
}
