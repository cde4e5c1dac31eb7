import AWS
import Document
import PluginAPI

extension TerraformProvisioner {
    /// Applies; and again, twice at most, from what exists, when nothing went wrong but that calls were made twice.
    ///
    /// The SDK in the provider repeats a call whose answer was lost, and AWS refuses what is done already: the cluster could be
    /// made, and terraform gives up. What it had made by then it replaces, where it has written it down.
    func applyThroughLostAnswers(_ variables: TerraformVariables) async throws -> (TerraformOutcome, Node?) {
        for _ in 1...2 {
            let (outcome, outputs) = try await apply(variables)
            guard TerraformFailure.isOfRepeatedCalls(outcome) else { return (outcome, outputs) }
            try await context.events.note("answers of AWS were lost, and terraform made calls twice: again", .warning)
            // As after a kill: the state may lack what was made, also for a process that comes after this one.
            try workspace.write([], to: workspace.changing)
            try await startOverAfterKill()
        }
        return try await apply(variables)
    }

    /// Takes everything down when an apply did not end by itself and something exists that its state does not know.
    ///
    /// The provider writes an instance into the state only some ten seconds after it has asked for it. What is lost in
    /// between cannot be told from what is in use, and holds addresses and names that a second attempt needs; to start
    /// over is the way that always ends with a whole cluster.
    func startOverAfterKill() async throws {
        guard workspace.exists(workspace.changing) else { return }
        try await context.processes.waitForHolder(of: workspace.lock)
        let known = TerraformState(workspace.read(workspace.state) ?? []).ids
        let strays = try await Cleanup(context).find().filter { resource in
            // These come and go with their instances.
            !["volume", "network-interface", "spot-instances-request"].contains(resource.kind)
                && !known.contains(resource.id)
        }
        guard let first = strays.first else { return workspace.remove(workspace.changing) }
        let others = strays.count > 1 ? " and \(strays.count - 1) more" : ""
        try await context.events.note(
            "terraform ended before it had written down \(first.kind) \(first.id)\(others): starting over",
            .warning
        )
        let outcome = try await teardown([])
        if let left = outcome.remaining.first {
            throw LabError(
                .provisioning,
                "what an earlier attempt left behind cannot be deleted",
                cause: "\(left.kind) \(left.id): \(left.reason)",
                hint: left.command
            )
        }
    }
}
