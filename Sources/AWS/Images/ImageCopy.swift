public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Copies an image to another region, with its tags, and encrypted if it is.
public struct ImageCopy: Sendable {
    private let target: PluginContext
    private let ec2: EC2

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions = ["ec2:CopyImage", "ec2:CreateTags"] + ImageWait.actions + ImageDeletion.actions

    /// Makes it for a plugin whose region is the one to copy to.
    public init(to target: PluginContext) {
        self.target = target
        ec2 = EC2(target)
    }

    /// Copies an image, and waits until the copy can be used.
    ///
    /// A copy that fails, or is cancelled, is deleted.
    ///
    /// - Parameters:
    ///   - image: The image.
    ///   - region: Where it is.
    ///   - key: The KMS key of the copy's disks; nil for the account's own, if the image is encrypted at all.
    /// - Returns: The copy.
    /// - Throws: ``LabError`` when there is none.
    public func run(_ image: EC2Image, from region: String, encryptedWith key: String? = nil) async throws -> EC2Image {
        let place = try AWSClient(target).region
        let doing = "copying \(image.id) from \(region) to \(place)"
        let copy: String
        do {
            copy = try await begin(image, from: region, encryptedWith: key)
        } catch {
            throw LabError(aws: error, .failed, while: doing)
        }
        do {
            return try await ImageWait(ec2, events: target.events).until(copy, isAvailableWhile: doing)
        } catch {
            let failure = LabError(aws: error, .failed, while: doing)
            // Shielded: a half copy is of no use to anybody, and costs money.
            let left = await Task { await discard(copy) }.value
            guard let left else { throw failure }
            throw LabError(
                .leftBehind,
                "\(failure.message), and the copy \(copy) in \(place) could not be deleted",
                cause: [failure.cause, left].compactMap(\.self).joined(separator: "\n"),
                hint: "labhost image delete \(copy) --region \(place)"
            )
        }
    }

    private func begin(_ image: EC2Image, from region: String, encryptedWith key: String?) async throws -> String {
        var parameters: QueryParameters = [
            "SourceImageId": image.id, "SourceRegion": region, "Name": image.name, "Description": image.description,
            "ClientToken": UUID().uuidString,
        ]
        // In the call, rather than by CopyImageTags: that leaves the snapshots without tags, and an IAM policy cannot see it.
        let tags = image.tags.filter { !$0.key.hasPrefix("aws:") }
        if !tags.isEmpty { parameters.add(tags: tags, for: ["image", "snapshot"]) }
        if image.isEncrypted || key != nil { parameters.set("Encrypted", "true") }
        if let key { parameters.set("KmsKeyId", key) }
        do {
            return try await send(parameters, image)
        } catch let error as AWSError where error.code == "InvalidAMIName.Duplicate" {
            // A name is one image's in a region: a second copy takes another.
            parameters.set("Name", "\(image.name.prefix(120))-\(UUID().uuidString.prefix(6).lowercased())")
            parameters.set("ClientToken", UUID().uuidString)
            return try await send(parameters, image)
        }
    }

    private func send(_ parameters: QueryParameters, _ image: EC2Image) async throws -> String {
        let reply = try await ec2.client.query(.ec2, "CopyImage", parameters, safety: .idempotent)
        guard let id = reply.text("imageId") else {
            throw LabError(.failed, "EC2 took the copy of \(image.id) and did not say its id")
        }
        return id
    }

    /// Deletes a copy; says why it could not.
    private func discard(_ id: String) async -> String? {
        do {
            guard let image = try await ec2.image(id) else { return nil }
            let outcome = try await ImageDeletion(ec2).delete(image)
            return outcome.keptSnapshots.isEmpty
                ? nil : outcome.keptSnapshots.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
        } catch {
            return String(describing: error)
        }
    }
}
