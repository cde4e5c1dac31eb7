import AWS
public import PluginAPI

extension TerraformProvisioner {
    /// Destroys what terraform's state knows, then what AWS still has under the experiment's tags.
    ///
    /// What counts is that nothing is found by tag; terraform's own failures are kept and do not matter in the end. It goes
    /// first where its state is whole, and always with a user's own module, whose resources may carry no tags.
    public func teardown(_ known: [Resource]) async throws -> TeardownOutcome {
        let follower = Follower(context, verb: "deleting")
        var errors: [LabError] = []
        do {
            // Left at work by a host that was killed, it would make things while they are deleted.
            if workspace.exists(workspace.changing) { try await context.processes.waitForHolder(of: workspace.lock) }
        } catch {
            errors.append(LabError(error, while: "waiting for terraform to end"))
        }
        // An apply that did not end by itself has made things that its state does not know, and terraform would wait for
        // twenty minutes for each of its own that they hold.
        let isWhole = !workspace.exists(workspace.changing)
        if workspace.hasState, isWhole || options.module != nil {
            do {
                try await destroy(follower)
            } catch {
                errors.append(LabError(error, while: "terraform destroy"))
            }
        }
        let deleted = await follower.deleted
        let gone = Set(deleted.map { [$0.kind, $0.id] })
        do {
            var outcome = try await Cleanup(context).run(known: known.filter { !gone.contains([$0.kind, $0.id]) })
            let isClean = outcome.isVerified && outcome.remaining.isEmpty
            // A state that names what is gone would only mislead the next apply.
            if isClean, errors.isEmpty || options.module == nil { workspace.forget() }
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
        var outcome = try await run(refreshing: false, follower)
        if !outcome.succeeded, options.module != nil { outcome = try await run(refreshing: true, follower) }
        guard outcome.succeeded else {
            throw TerraformFailure.error(.leftBehind, "terraform could not destroy everything", outcome)
        }
    }

    private func run(refreshing: Bool, _ follower: Follower) async throws -> TerraformOutcome {
        let arguments = [
            "destroy", "-input=false", "-auto-approve", "-json", "-parallelism=30", "-refresh=\(refreshing)",
        ]
        return try await terraform.run(arguments) { event in
            if case .waiting(let address, let seconds) = event, seconds > Self.patience(with: address) {
                // Leaving ends terraform as an interrupt does; the cleanup finds what holds the resource.
                throw LabError(
                    .leftBehind,
                    "terraform waited \(seconds) s for \(address.text) to go, and was interrupted",
                    cause: "something that terraform does not know of holds it"
                )
            }
            try await follower.take(event)
        }
    }

    /// How many seconds a resource may take to go. Everything but instances, and the gateway that their addresses hold, is
    /// gone at once or held by something foreign.
    private static func patience(with address: TerraformAddress) -> Int {
        switch address.type {
        case "aws_instance": 420
        case "aws_internet_gateway": 240
        default: address.type.hasPrefix("aws_iam_") || moduleTypes.contains(address.type) ? 45 : 1_200
        }
    }

    /// The types of LabHost's own module that are gone at once.
    private static let moduleTypes: Set<String> = [
        "aws_vpc", "aws_subnet", "aws_security_group", "aws_route_table", "aws_route_table_association",
        "aws_launch_template",
    ]
}
