import AWS
public import PluginAPI

/// Deletes images that nothing uses.
public struct ImageRemoval: Sendable {
    /// What became of one image.
    public struct Outcome: Sendable, Hashable, Codable {
        /// The image.
        public var image: LabImage
        /// Whether it is gone, or would be if this were no rehearsal.
        public var isDeleted = false
        /// The snapshots that are gone.
        public var deletedSnapshots: [String] = []
        /// The snapshots that are still there, with the reason.
        public var keptSnapshots: [String: String] = [:]
        /// Why it was left alone; nil when it was not.
        public var refusal: String?

        /// What has not become of an image yet.
        public init(image: LabImage) { self.image = image }
    }

    private let context: PluginContext

    /// Makes it for the context's region.
    public init(_ context: PluginContext) { self.context = context }

    /// Deletes an image with its snapshots, unless something uses it.
    ///
    /// - Parameters:
    ///   - image: The image, with its uses.
    ///   - force: Whether it is deleted although it is used.
    ///   - keepsSnapshots: Whether its snapshots stay.
    ///   - isDry: Whether nothing is changed.
    /// - Returns: What became of it.
    /// - Throws: ``LabError`` when it could not be deregistered.
    public func delete(
        _ image: LabImage,
        force: Bool = false,
        keepsSnapshots: Bool = false,
        isDry: Bool = false
    ) async throws -> Outcome {
        var outcome = Outcome(image: image)
        if !force {
            guard let uses = image.uses else {
                outcome.refusal = "nobody knows what uses it"
                return outcome
            }
            guard uses.isEmpty else {
                outcome.refusal = "in use by \(Self.list(uses))"
                return outcome
            }
        }
        outcome.isDeleted = true
        if isDry {
            if !keepsSnapshots { outcome.deletedSnapshots = image.snapshots }
            return outcome
        }
        do {
            let ec2 = EC2(context)
            // Asked again, with its snapshots as they are now: the list may be minutes old.
            guard let found = try await ec2.image(image.id) else { return outcome }
            try await context.events.progress("deleting \(image.id)")
            let done = try await ImageDeletion(ec2).delete(found, keepsSnapshots: keepsSnapshots)
            outcome.deletedSnapshots = done.deletedSnapshots
            outcome.keptSnapshots = done.keptSnapshots
        } catch {
            throw LabError(aws: error, .failed, while: "deleting the image \(image.id)")
        }
        return outcome
    }

    /// The first few of a list, and how many more there are.
    static func list(_ uses: [String]) -> String {
        let shown = uses.prefix(3).joined(separator: ", ")
        return uses.count > 3 ? "\(shown) and \(uses.count - 3) more" : shown
    }
}
