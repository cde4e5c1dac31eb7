#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Which images have had their time.
///
/// Only what LabHost built is looked at, and what its killed builds left. Of each version in each region the newest stay, whatever
/// their age.
public struct PrunePolicy: Sendable, Hashable {
    /// How many of each version stay.
    public var keep: Int
    /// Those younger than this stay, too.
    public var olderThan: Duration

    /// Makes a policy.
    public init(keep: Int, olderThan: Duration) {
        self.keep = keep
        self.olderThan = olderThan
    }

    /// What it does with one image.
    public enum Verdict: Sendable, Hashable {
        /// It stays, for a reason.
        case keep(String)
        /// It goes.
        case delete
    }

    /// What becomes of each image.
    ///
    /// An image that failed is of no use and does not count among the newest; one whose age is unknown, that is being made,
    /// or that something uses stays.
    ///
    /// - Parameters:
    ///   - images: The images with their uses, in any order.
    ///   - now: The time.
    /// - Returns: The verdicts, for LabHost's own images, in the order of `images`.
    public func verdicts(on images: [LabImage], at now: Date) -> [(image: LabImage, verdict: Verdict)] {
        let ours = images.filter { $0.isOurs || $0.isLeftover }
        let whole = ours.filter { $0.state == "available" && !$0.isLeftover }
        let newest = Dictionary(grouping: whole) { "\($0.region) \($0.pulsarVersion) \($0.architecture ?? "")" }
            .values.flatMap { images in
                images.sorted { ($0.createdAt ?? .distantFuture, $0.id) > ($1.createdAt ?? .distantFuture, $1.id) }
                    .prefix(keep).map(\.id)
            }
        let kept = Set(newest)
        return ours.map { ($0, verdict(on: $0, isNewest: kept.contains($0.id), at: now)) }
    }

    private func verdict(on image: LabImage, isNewest: Bool, at now: Date) -> Verdict {
        guard let uses = image.uses else { return .keep("nobody knows what uses it") }
        if !uses.isEmpty { return .keep("in use by \(ImageRemoval.list(uses))") }
        switch image.state {
        case "available": break
        case "pending": return .keep("it is being made")
        default: return .delete
        }
        if isNewest { return .keep("one of the newest \(keep) with Pulsar \(image.pulsarVersion)") }
        guard let age = image.createdAt.map({ now.timeIntervalSince($0) }) else { return .keep("its age is unknown") }
        return age > olderThan / .seconds(1) ? .delete : .keep("it is not old enough")
    }
}
