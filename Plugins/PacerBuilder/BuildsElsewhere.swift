import AWS
import PluginAPI

/// The image with a content key, if somebody has built it or is about to.
struct BuildsElsewhere: Sendable {
    let context: PluginContext
    /// Builds of other people may take as long as ours may.
    let limit: Duration

    /// The image, once it is available.
    ///
    /// - Returns: The image; nil when nobody has it, and nobody is building it.
    /// - Throws: ``LabError`` when a build that goes on elsewhere does not end in time.
    func image(_ key: ContentKey) async throws -> LabImage? {
        let ec2 = EC2(context)
        let clock = context.clock
        let deadline = clock.uptime() + limit
        let backoff = Backoff(first: .seconds(3), limit: .seconds(15))
        var attempt = 0
        while true {
            let found = try await ec2.images([.init("tag:\(ImageTags.key)", [key.text])])
            let region = try AWSClient(context).region
            if let whole = found.first(where: { $0.state == "available" }) { return LabImage(whole, region: region) }
            if let pending = found.first(where: { $0.state == "pending" }) {
                let doing = "waiting for \(pending.name), which is being made"
                let made = try await ImageWait(ec2, events: context.events).until(pending.id, isAvailableWhile: doing)
                return LabImage(made, region: region)
            }
            guard let builder = try await builder(of: key, ec2) else { return nil }
            let whose = builder.tags["ExperimentID"] ?? "somebody"
            let doing = "waiting for \(whose), which is building the same image on \(builder.id)"
            let help = "if nobody is any more: labhost sweep --experiment-id \(whose) --execute"
            if attempt == 0 { try await context.events.note("\(doing); \(help)", .warning) }
            guard clock.uptime() < deadline else { throw LabError(.failed, "\(doing): it does not end", hint: help) }
            try await context.events.progress(doing)
            try await clock.sleep(backoff.wait(attempt: attempt, random: clock.random()))
            attempt += 1
        }
    }

    private func builder(of key: ContentKey, _ ec2: EC2) async throws -> EC2Instance? {
        let found = try await ec2.instances([
            .init("tag:\(ImageTags.key)", [key.text]), .init("tag:Component", [ImageTags.component]),
            .init("instance-state-name", ["pending", "running", "stopping", "stopped"]),
        ])
        return found.first { $0.tags["ExperimentID"] != context.experiment.rawValue }
    }
}
