public import PluginAPI

/// Deletes everything that belongs to an experiment, and verifies that it is gone.
///
/// It works from the tags, the experiment's VPCs and the ledger; nothing else need be left. It asks, deletes in the
/// order in which things hold each other, and asks again, until nothing is left or a deadline has passed. Errors do
/// not stop it: they are part of the outcome. The caller shields it from cancellation.
///
/// ```swift
/// func teardown(_ known: [Resource]) async throws -> TeardownOutcome {
///     await destroyWithTerraform()  // best effort
///     return try await Cleanup(context).run(known: known)
/// }
/// ```
public struct Cleanup: Sendable {
    private let context: PluginContext
    private let limit: Duration
    private let component: String?
    private let client: AWSClient

    /// The kinds that are looked for, as in ``PluginAPI/Resource/kind``. A ledger entry of another kind cannot be
    /// verified and is reported as remaining: what goes with its parent (a rule, an association) is not for the ledger.
    public static let kinds: Set<String> = Set(CleanupKind.all.map(\.name)).union(["iam-role", "iam-instance-profile"])

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions: [String] =
        Set(CleanupKind.all.flatMap { ["ec2:\($0.describe)", "ec2:\($0.delete)"] })
        .union([
            "ec2:DescribeSecurityGroupRules", "ec2:RevokeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress",
            "ec2:DetachInternetGateway", "ec2:DisassociateAddress", "ec2:DisassociateRouteTable",
            "iam:ListRoles", "iam:GetRole", "iam:ListInstanceProfiles", "iam:GetInstanceProfile",
            "iam:RemoveRoleFromInstanceProfile", "iam:DeleteInstanceProfile",
            "iam:ListAttachedRolePolicies", "iam:ListRolePolicies", "iam:ListInstanceProfilesForRole",
            "iam:DetachRolePolicy", "iam:DeleteRolePolicy", "iam:DeleteRole",
        ])
        .sorted()

    /// Makes it for a plugin.
    ///
    /// - Parameters:
    ///   - context: The plugin's context. Its experiment and its Project tag say what is ours.
    ///   - component: Only what carries this Component tag; nil for everything of the experiment.
    ///   - limit: How long it goes on in all.
    public init(_ context: PluginContext, component: String? = nil, limit: Duration = .seconds(900)) {
        self.context = context
        self.component = component
        self.limit = limit
        client = AWSClient(context)
    }

    /// What is there of the experiment now; changes nothing.
    ///
    /// - Parameter known: The resources that the ledger has as created and not as deleted.
    /// - Returns: What is there.
    /// - Throws: ``LabError`` when a question was not answered, so that absence is never taken for granted.
    public func find(known: [Resource] = []) async throws -> [Resource] {
        let result = await search.find(known: known, seen: [])
        if let fault = result.faults.first { throw fault }
        return result.leftovers.map(\.resource)
    }

    /// Deletes everything and verifies it. What is gone already is success.
    ///
    /// - Parameter known: The resources that the ledger has as created and not as deleted.
    /// - Returns: What was deleted, what is left and why, and whether that was verified.
    /// - Throws: ``LabError`` when nothing can be done at all: no credentials, no region.
    public func run(known: [Resource]) async throws -> TeardownOutcome {
        _ = try client.region
        _ = try await context.credentials.credentials()
        var round = Round(unsettled: known)
        let clock = context.clock
        let deadline = clock.uptime() + limit
        let deletion = CleanupDeletion(ec2: EC2(client), iam: IAM(client), deadline: deadline)
        let backoff = Backoff(first: .seconds(1), limit: .seconds(10))
        while true {
            let found = await search.find(known: known, seen: Set(round.seen.keys))
            await settle(&round, found)
            let isDone = found.leftovers.isEmpty && found.faults.isEmpty
            if isDone || found.isUnauthenticated || round.stalled >= Self.patience || clock.uptime() > deadline
                || Task.isCancelled
            {
                return await outcome(round, found)
            }
            let total = Double(round.seen.count)
            try? await context.events.progress(
                "deleting \(found.leftovers.count) resources",
                completed: total - Double(found.leftovers.count),
                of: total
            )
            if round.count > 0 {
                try? await clock.sleep(backoff.wait(attempt: round.count - 1, random: clock.random()))
            }
            round.refused = await deletion.delete(found.leftovers)
            round.count += 1
        }
    }

    /// How many rounds without any progress are enough to give up. With waits that grow to ten seconds this is about a
    /// minute, longer than EC2 takes to let go of the interfaces of terminated instances.
    private static let patience = 12

    /// What is carried from one round to the next.
    private struct Round {
        /// Ledger entries that have not been recorded as deleted.
        var unsettled: [Resource]
        /// What was found in any round, by key.
        var seen: [Leftover.Key: Resource] = [:]
        /// What of it is gone.
        var deleted: [Resource] = []
        var refused: [Leftover.Key: AWSError] = [:]
        var errors: [LabError] = []
        var last: Set<Leftover.Key>?
        var count = 0
        var stalled = 0
    }

    /// Records as deleted what is gone, and notices whether there was progress.
    private func settle(_ round: inout Round, _ found: CleanupSearch.Result) async {
        let present = Set(found.leftovers.map(\.key))
        for leftover in found.leftovers { round.seen[leftover.key] = leftover.resource }
        round.stalled = present == round.last ? round.stalled + 1 : 0
        round.last = present
        // A describe call may be answered by a replica that is behind: what comes back was not gone.
        round.deleted.removeAll { present.contains($0.key) }
        // With a question unanswered, not having been found proves nothing.
        guard found.faults.isEmpty else { return }
        let reported = Set(round.deleted.map(\.key))
        let vanished = round.seen.values.filter { !present.contains($0.key) && !reported.contains($0.key) }
        round.deleted += vanished.sorted { ($0.kind, $0.id) < ($1.kind, $1.id) }
        let absent = round.unsettled.filter { Self.kinds.contains($0.kind) && !present.contains($0.key) }
        let ledger = Set(absent.map(\.key))
        round.unsettled.removeAll { ledger.contains($0.key) }
        for resource in absent + vanished.filter({ !ledger.contains($0.key) }) {
            do {
                try await context.events.record(.deleted(kind: resource.kind, id: resource.id))
            } catch {
                round.errors.append(LabError(error, while: "recording that \(resource.id) is gone"))
            }
        }
    }

    private func outcome(_ round: Round, _ found: CleanupSearch.Result) async -> TeardownOutcome {
        // Not asked for: a teardown that cannot delete has other worries.
        let quote = await PriceBook(context).quote(for: found.leftovers.map(\.billable), asking: false)
        var remaining = zip(found.leftovers, quote.rates).map { leftover, rate in
            TeardownOutcome.Remaining(
                kind: leftover.resource.kind,
                id: leftover.resource.id,
                reason: reason(leftover, round.refused[leftover.key]),
                command: command(leftover.resource),
                perHour: rate.perHour
            )
        }
        remaining += round.unsettled.filter { !Self.kinds.contains($0.kind) }.map {
            .init(kind: $0.kind, id: $0.id, reason: "LabHost does not know how to look for a \($0.kind)")
        }
        return TeardownOutcome(
            deleted: round.deleted,
            remaining: remaining,
            isVerified: found.faults.isEmpty,
            errors: round.errors + found.faults
        )
    }

    /// What keeps a resource from going: AWS's words and, for an interface, whose it is.
    private func reason(_ leftover: Leftover, _ error: AWSError?) -> String {
        var parts = [error?.description ?? "it was deleted, and is still described"]
        if let node = leftover.node, leftover.resource.kind == "network-interface" {
            let attached = node.text("attachment", "instanceId").map { "attached to \($0)" }
            let owner = node.text("requesterId").map { "made by \($0)" }
            parts += [node.text("description"), attached, owner].compactMap(\.self)
        }
        return parts.joined(separator: "; ")
    }

    private func command(_ resource: Resource) -> String? {
        switch resource.kind {
        case "iam-role": return "aws iam delete-role --role-name \(resource.id)"
        case "iam-instance-profile": return "aws iam delete-instance-profile --instance-profile-name \(resource.id)"
        default: break
        }
        guard let kind = CleanupKind.all.first(where: { $0.name == resource.kind }) else { return nil }
        let region = context.cloud.region.map { " --region \($0)" } ?? ""
        return "aws ec2 \(kind.command) \(resource.id)\(region)"
    }

    private var tags: [String: String] {
        var tags = context.tags.filter { $0.key == "Project" }
        tags["ExperimentID"] = context.experiment.rawValue
        if let component { tags["Component"] = component }
        return tags
    }

    private var search: CleanupSearch {
        CleanupSearch(
            ec2: EC2(client),
            iam: IAM(client),
            tags: tags,
            experiment: context.experiment.rawValue,
            includesIAM: context.cloud.instanceProfile == nil
        )
    }
}
