import AWS
public import PluginAPI

/// Copies an image to other regions, all at once.
public struct ImageCopies: Sendable {
    /// What became of one copy.
    public struct Outcome: Sendable, Hashable, Codable {
        /// Where it was to go.
        public var region: String
        /// The copy; nil when there is none.
        public var image: LabImage?
        /// Whether it was there before.
        public var isOld = false
        /// Why there is none.
        public var error: LabError?

        /// What has not become of a copy yet.
        public init(region: String) { self.region = region }
    }

    private let context: PluginContext

    /// Makes it for the region of the image.
    public init(_ context: PluginContext) { self.context = context }

    /// Copies an image to each region, unless an image with the same key is there.
    ///
    /// - Parameters:
    ///   - image: The image.
    ///   - regions: Where to.
    ///   - force: Whether it is copied again.
    ///   - key: The KMS key of the copies; nil for the account's own.
    /// - Returns: What became of each, in the order of `regions`.
    /// - Throws: `CancellationError`; what was being copied is deleted then.
    public func copy(
        _ image: LabImage,
        to regions: [String],
        force: Bool = false,
        encryptedWith key: String? = nil
    ) async throws -> [Outcome] {
        try await withThrowingTaskGroup(of: (Int, Outcome).self) { group in
            for (index, region) in regions.enumerated() {
                group.addTask {
                    var outcome = Outcome(region: region)
                    do {
                        (outcome.image, outcome.isOld) = try await self.copy(image, to: region, force, key)
                    } catch {
                        try Task.checkCancellation()
                        outcome.error = LabError(error, while: "copying \(image.id) to \(region)")
                    }
                    return (index, outcome)
                }
            }
            var outcomes = regions.map { Outcome(region: $0) }
            for try await (index, outcome) in group { outcomes[index] = outcome }
            return outcomes
        }
    }

    private func copy(
        _ image: LabImage,
        to region: String,
        _ force: Bool,
        _ key: String?
    ) async throws -> (image: LabImage, isOld: Bool) {
        let target = context.moved(to: region)
        if !force, let old = try await twin(of: image, in: target) { return (old, true) }
        guard let source = try await EC2(context).image(image.id) else {
            throw LabError(.failed, "the image \(image.id) is gone from \(image.region)")
        }
        let copy = try await ImageCopy(to: target).run(source, from: image.region, encryptedWith: key)
        guard let made = LabImage(copy, region: region) else {
            throw LabError(.failed, "the copy \(copy.id) in \(region) came without its tags")
        }
        return (made, false)
    }

    /// The image in a region that has the same content; one that is being copied by someone else is waited for.
    func twin(of image: LabImage, in target: PluginContext) async throws -> LabImage? {
        guard let key = image.key else { return nil }
        let ec2 = EC2(target)
        do {
            let found = try await ec2.images([.init("tag:\(ImageTags.key)", [key])])
            let region = try AWSClient(target).region
            if let whole = found.first(where: { $0.state == "available" }) { return LabImage(whole, region: region) }
            guard let pending = found.first(where: { $0.state == "pending" }) else { return nil }
            let made = try await ImageWait(ec2, events: target.events)
                .until(pending.id, isAvailableWhile: "waiting for \(pending.id) in \(region)")
            return LabImage(made, region: region)
        } catch {
            throw LabError(aws: error, .failed, while: "looking for \(image.name) in another region")
        }
    }
}

extension PluginContext {
    /// The context in another region of the same account.
    func moved(to region: String) -> PluginContext {
        var context = self
        context.cloud.region = region
        context.cloud.availabilityZone = nil
        return context
    }
}
