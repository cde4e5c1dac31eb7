import AWS
public import PluginAPI

extension TerraformProvisioner {
    /// Destroys what terraform's state knows, then what AWS still has under the experiment's tags.
    ///
    /// terraform goes first because it knows the resources of a user's own module. Its failures are kept and do not matter in
    /// the end: what counts is that nothing is found by tag.
    public func teardown(_ known: [Resource]) async throws -> TeardownOutcome {
        let follower = Follower(context, verb: "deleting")
        var errors: [LabError] = []
        if workspace.hasState {
            do {
                try await destroy(follower)
            } catch {
                errors.append(LabError(error, while: "terraform destroy"))
            }
        }
        workspace.remove(workspace.plan, workspace.planned, workspace.onDemand)
        let deleted = await follower.deleted
        let gone = Set(deleted.map { [$0.kind, $0.id] })
        do {
            let rest = known.filter { !gone.contains([$0.kind, $0.id]) }
            var outcome = try await Cleanup(context).run(known: rest)
            outcome.deleted = deleted + outcome.deleted.filter { !gone.contains([$0.kind, $0.id]) }
            outcome.errors = errors + outcome.errors
            return outcome
        } catch {
            // Whatever terraform deleted is deleted, but nobody has looked.
            guard !deleted.isEmpty else { throw error }
            let failure = LabError(error, code: .leftBehind, while: "looking for what is left")
            return TeardownOutcome(deleted: deleted, remaining: [], isVerified: false, errors: errors + [failure])
        }
    }

    private func destroy(_ follower: Follower) async throws {
        if !workspace.isInitialised { try await terraform.initialise() }
        // The state is ours alone, so looking everything up again first would only take time.
        let quick = try await run(refreshing: false, follower)
        if quick.succeeded { return }
        let thorough = try await run(refreshing: true, follower)
        guard thorough.succeeded else {
            throw TerraformFailure.error(.leftBehind, "terraform could not destroy everything", thorough)
        }
    }

    private func run(refreshing: Bool, _ follower: Follower) async throws -> TerraformOutcome {
        let arguments = [
            "destroy", "-input=false", "-auto-approve", "-json", "-parallelism=30", "-refresh=\(refreshing)",
        ]
        return try await terraform.run(arguments) { try await follower.take($0) }
    }
}
