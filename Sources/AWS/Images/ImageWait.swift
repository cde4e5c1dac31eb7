public import PluginAPI

/// Waits until an image that is being made is there.
public struct ImageWait: Sendable {
    private let ec2: EC2
    private let limit: Duration
    private let events: any EventSink

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions = ["ec2:DescribeImages", "ec2:DescribeSnapshots"]

    /// Makes it.
    ///
    /// - Parameters:
    ///   - ec2: The service, in the image's region.
    ///   - events: Where progress is shown.
    ///   - limit: How long it waits; a copy across the world of a full disk takes most of an hour.
    public init(_ ec2: EC2, events: any EventSink, limit: Duration = .seconds(7200)) {
        self.ec2 = ec2
        self.events = events
        self.limit = limit
    }

    /// Waits for an image.
    ///
    /// - Parameters:
    ///   - id: The image.
    ///   - doing: What is waited for, for the progress line: `copying to eu-west-1`.
    /// - Returns: The image, available.
    /// - Throws: ``LabError`` when it failed, is gone, or did not come within the limit.
    public func until(_ id: String, isAvailableWhile doing: String) async throws -> EC2Image {
        let clock = ec2.client.clock
        let deadline = clock.uptime() + limit
        let backoff = Backoff(first: .seconds(1), limit: .seconds(15))
        var attempt = 0
        var absences = 0
        while true {
            let image = try await ec2.image(id)
            switch image?.state {
            case "available":
                if let image { return image }
            case nil:
                // A fresh id may be unknown for some seconds.
                absences += 1
                if absences > 8 { throw LabError(.failed, "\(doing): the image \(id) is gone") }
            case "pending": break
            case let state?:
                throw LabError(.failed, "\(doing): the image \(id) is \(state)", cause: image?.stateReason)
            }
            guard clock.uptime() < deadline else {
                let minutes = Int(limit / .seconds(60))
                throw LabError(.failed, "\(doing): the image \(id) was not there after \(minutes) minutes")
            }
            let done = try await progress(of: image?.snapshots ?? [])
            try await events.progress(doing, completed: done ?? 0, of: done == nil ? nil : 100)
            try await clock.sleep(backoff.wait(attempt: attempt, random: clock.random()))
            attempt += 1
        }
    }

    /// How much of the snapshots has been written, in percent; nil when EC2 does not say.
    private func progress(of snapshots: [String]) async throws -> Double? {
        guard !snapshots.isEmpty else { return nil }
        let nodes = try await ec2.describe(
            "DescribeSnapshots",
            list: "snapshotSet",
            filters: [.init("snapshot-id", snapshots)]
        )
        let parts = nodes.compactMap { $0.text("progress").flatMap { Double($0.replacing("%", with: "")) } }
        return parts.isEmpty ? nil : parts.reduce(0, +) / Double(parts.count)
    }
}
