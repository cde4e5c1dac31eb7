import AWS
import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What is said of every instance that is there for an image only: its tags, its end, and its deletion.
struct TemporaryInstance: Sendable {
    /// The context of the work, whose tags mark what is temporary.
    let context: PluginContext
    /// How long an instance lives at most.
    let lifetime: Duration

    /// Prepares to make temporary things.
    ///
    /// - Parameters:
    ///   - context: The plugin's context.
    ///   - lifetime: How long an instance lives at most, whatever became of LabHost.
    ///   - tags: More tags.
    init(_ context: PluginContext, lifetime: Duration, tags: [String: String] = [:]) {
        var context = context
        let end = context.clock.now().addingTimeInterval(lifetime / .seconds(1))
        context.tags["Component"] = ImageTags.component
        context.tags["ExperimentID"] = context.experiment.rawValue
        context.tags["Temporary"] = "true"
        context.tags["ExpiresAt"] = end.formatted(.iso8601)
        context.tags.merge(tags) { $1 }
        self.context = context
        self.lifetime = lifetime
    }

    /// The script of the instance's first boot: it ends itself. The timer is not on disk, so no image has it.
    var userData: String {
        let minutes = Int(lifetime / .seconds(60))
        return """
            #!/bin/bash
            systemd-run --quiet --unit=labhost-expiry --on-active=\(minutes)min /sbin/shutdown -h now ||
                shutdown -h +\(minutes)

            """
    }

    /// Deletes everything that was made, and verifies that it is gone.
    ///
    /// Shielded from cancellation: what is left costs money.
    ///
    /// - Parameter known: What the ledger has.
    /// - Throws: ``LabError`` with code ``LabError/Code/leftBehind`` when something stays.
    func delete(_ known: [Resource]) async throws {
        let context = context
        let result = await Task {
            do {
                return Result<TeardownOutcome, any Error>.success(
                    try await Cleanup(context, component: ImageTags.component).run(known: known)
                )
            } catch {
                return .failure(error)
            }
        }.value
        let outcome = try result.get()
        guard outcome.remaining.isEmpty, outcome.isVerified else {
            let list = outcome.remaining.map { "\($0.kind) \($0.id): \($0.reason)" }
            throw LabError(
                .leftBehind,
                "what was made to build an image is left behind",
                cause: list.isEmpty ? outcome.errors.first?.description : list.joined(separator: "\n"),
                hint: "labhost sweep --experiment-id \(context.experiment) --execute"
            )
        }
    }
}
