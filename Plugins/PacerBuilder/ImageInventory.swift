import AWS
public import PluginAPI

/// The images of the account in one region that carry Pulsar.
public struct ImageInventory: Sendable {
    private let context: PluginContext
    private let ec2: EC2

    /// Makes it for the context's region.
    public init(_ context: PluginContext) {
        self.context = context
        ec2 = EC2(context)
    }

    /// The region.
    ///
    /// - Throws: ``LabError`` when none is named.
    public var region: String { get throws { try AWSClient(context).region } }

    /// The account's own images, newest first.
    ///
    /// - Parameters:
    ///   - version: Only those with this version of Pulsar; nil for all.
    ///   - withUses: Whether to find out what uses them, and what killed builds left, which takes more calls.
    /// - Returns: The images.
    /// - Throws: ``LabError`` when a question was not answered.
    public func images(version: String? = nil, withUses: Bool = false) async throws -> [LabImage] {
        let region = try region
        do {
            let filter: QueryParameters.Filter =
                version.map { .init("tag:\(ImageTags.pulsarVersion)", [$0]) }
                ?? .init("tag-key", [ImageTags.pulsarVersion])
            var images = try await ec2.images([filter]).compactMap { LabImage($0, region: region) }
            if withUses {
                let built = try await ec2.images([.init("name", [ImageBlueprint.namePattern])])
                images += built.compactMap { LabImage(leftover: $0, region: region) }
                let uses = try await ImageUses(ec2).find(images.map(\.id))
                for index in images.indices { images[index].uses = uses[images[index].id] ?? [] }
            }
            return images
        } catch {
            throw LabError(aws: error, .failed, while: "listing the images in \(region)")
        }
    }

    /// One image of the account, with what uses it.
    ///
    /// - Parameter id: The AMI's id.
    /// - Returns: The image.
    /// - Throws: ``LabError`` with code ``LabError/Code/usage`` when there is none of that id that is the account's own and
    ///   carries Pulsar.
    public func image(_ id: String) async throws -> LabImage {
        let region = try region
        do {
            guard let found = try await ec2.images([.init("image-id", [id])]).first else {
                throw LabError(
                    .usage,
                    "no image of your own in \(region) is \(id)",
                    hint: "labhost image list; another region takes --region"
                )
            }
            guard var image = LabImage(found, region: region) ?? LabImage(leftover: found, region: region) else {
                throw LabError(
                    .usage,
                    "the image \(id) has no \(ImageTags.pulsarVersion) tag: it is none of LabHost's",
                    hint: "labhost image list"
                )
            }
            image.uses = try await ImageUses(ec2).find([id])[id] ?? []
            return image
        } catch {
            throw LabError(aws: error, .failed, while: "looking for the image \(id)")
        }
    }
}
