/// Who would miss an image: the instances that run from it, and the launch templates that name it.
///
/// EC2 lets an image be deregistered whatever uses it, so the check is ours.
public struct ImageUses: Sendable {
    private let ec2: EC2

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions = [
        "ec2:DescribeInstances", "ec2:DescribeLaunchTemplates", "ec2:DescribeLaunchTemplateVersions",
    ]

    /// Makes it over a service.
    public init(_ ec2: EC2) { self.ec2 = ec2 }

    /// The uses of each image, as `instance i-0a…` and `launch template lt-0b…`; images without any are left out.
    ///
    /// Instances count until they are terminated: one that is stopped is started from its own disk, but a person who
    /// deletes an image wants to know of it.
    ///
    /// - Parameter images: The images' ids.
    /// - Returns: The uses, by image.
    /// - Throws: As ``AWSClient/query(_:_:_:safety:)``, so that an image is never taken for unused because nobody answered.
    public func find(_ images: [String]) async throws -> [String: [String]] {
        guard !images.isEmpty else { return [:] }
        async let instances = instances(of: images)
        async let templates = templates(naming: Set(images))
        return try await instances.merging(try await templates) { $0 + $1 }.mapValues { $0.sorted() }
    }

    private func instances(of images: [String]) async throws -> [String: [String]] {
        var uses: [String: [String]] = [:]
        for batch in images.batches(of: 200) {
            let filters: [QueryParameters.Filter] = [
                .init("image-id", batch),
                .init("instance-state-name", ["pending", "running", "shutting-down", "stopping", "stopped"]),
            ]
            let found = try await ec2.describe("DescribeInstances", list: "reservationSet", filters: filters)
            for node in found.flatMap({ $0.items("instancesSet") }) {
                guard let id = node.text("instanceId"), let image = node.text("imageId") else { continue }
                uses[image, default: []].append("instance \(id)")
            }
        }
        return uses
    }

    /// Every version of every template counts: any of them can be launched.
    private func templates(naming images: Set<String>) async throws -> [String: [String]] {
        let templates = try await ec2.describe("DescribeLaunchTemplates", list: "launchTemplates")
            .compactMap { $0.text("launchTemplateId") }
        return try await withThrowingTaskGroup(of: [(image: String, use: String)].self) { group in
            for template in templates {
                group.addTask {
                    try await self.images(in: template).intersection(images).map { ($0, "launch template \(template)") }
                }
            }
            var uses: [String: [String]] = [:]
            for try await found in group {
                for (image, use) in found { uses[image, default: []].append(use) }
            }
            return uses
        }
    }

    private func images(in template: String) async throws -> Set<String> {
        do {
            let versions = try await ec2.describe(
                "DescribeLaunchTemplateVersions",
                list: "launchTemplateVersionSet",
                parameters: ["LaunchTemplateId": template]
            )
            return Set(versions.compactMap { $0.text("launchTemplateData", "imageId") })
        } catch let error as AWSError where error.isNotFound {
            return []
        }
    }
}
