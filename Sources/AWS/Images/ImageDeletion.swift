import PluginAPI

/// Deletes an image: it is deregistered, and then its snapshots, which cost money, are deleted.
public struct ImageDeletion: Sendable {
    /// What became of an image.
    public struct Outcome: Sendable, Hashable, Codable {
        /// The snapshots that are gone.
        public var deletedSnapshots: [String] = []
        /// The snapshots that are still there, with the reason.
        public var keptSnapshots: [String: String] = [:]
    }

    private let ec2: EC2

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions = ["ec2:DeregisterImage", "ec2:DeleteSnapshot"]

    /// Makes it over a service.
    public init(_ ec2: EC2) { self.ec2 = ec2 }

    /// Deletes an image. What is gone already is success.
    ///
    /// - Parameters:
    ///   - image: The image.
    ///   - keepsSnapshots: Whether its snapshots stay.
    /// - Returns: What became of the snapshots.
    /// - Throws: As ``AWSClient/query(_:_:_:safety:)`` when it could not be deregistered; it is whole then.
    public func delete(_ image: EC2Image, keepsSnapshots: Bool = false) async throws -> Outcome {
        do {
            try await ec2.perform("DeregisterImage", ["ImageId": image.id])
        } catch let error as AWSError where error.isNotFound || error.code == "InvalidAMIID.Unavailable" {}
        var outcome = Outcome()
        for snapshot in image.snapshots {
            if keepsSnapshots {
                outcome.keptSnapshots[snapshot] = "kept, as asked"
            } else if let error = try await delete(snapshot) {
                outcome.keptSnapshots[snapshot] = error.description
            } else {
                outcome.deletedSnapshots.append(snapshot)
            }
        }
        return outcome
    }

    /// Deletes a snapshot; EC2 may take a moment to notice that the image is gone. Returns why it could not be.
    private func delete(_ snapshot: String) async throws -> AWSError? {
        let clock = ec2.client.clock
        let backoff = Backoff(first: .seconds(1), limit: .seconds(8))
        var last: AWSError?
        for attempt in 0..<6 {
            do {
                try await ec2.perform("DeleteSnapshot", ["SnapshotId": snapshot])
                return nil
            } catch let error as AWSError where error.isNotFound {
                return nil
            } catch let error as AWSError {
                last = error
                guard error.code == "InvalidSnapshot.InUse" else { return error }
            }
            try await clock.sleep(backoff.wait(attempt: attempt, random: clock.random()))
        }
        return last
    }
}
