import PluginAPI

/// Deletes what a search found, each stage after the one before it, going on past errors.
///
/// Every deletion is tried once: what could not go yet, because something that is about to go still holds it, is found
/// again by the next search and tried again then. So there is one loop, in ``Cleanup``, and no retrying inside it.
struct CleanupDeletion: Sendable {
    let ec2: EC2
    let iam: IAM
    /// When waiting for instances ends, as the clock's uptime.
    let deadline: Duration

    /// Tries to delete everything.
    ///
    /// - Returns: Why each of those that were refused was.
    func delete(_ leftovers: [Leftover]) async -> [Leftover.Key: AWSError] {
        // IAM has no order with the rest: an instance that runs keeps its credentials until it is gone.
        async let identities = deleteIdentities(leftovers.filter { $0.node == nil })
        var refused: [Leftover.Key: AWSError] = [:]
        for stage in CleanupKind.Stage.allCases {
            let kinds = CleanupKind.all.filter { $0.stage == stage }
            let targets = kinds.flatMap { kind in
                leftovers.filter { $0.resource.kind == kind.name }.map { (kind, $0) }
            }
            if targets.isEmpty { continue }
            switch stage {
            case .instances: refused.merge(await terminate(targets)) { _, new in new }
            case .groups: await separate(targets.map(\.1))
            default: break
            }
            if stage == .instances { continue }
            refused.merge(await concurrently(targets) { kind, target in try await self.delete(target, kind) }) { $1 }
        }
        return refused.merging(await identities) { $1 }
    }

    private func concurrently(
        _ targets: [(CleanupKind, Leftover)],
        _ body: @escaping @Sendable (CleanupKind, Leftover) async throws -> Void
    ) async -> [Leftover.Key: AWSError] {
        await withTaskGroup(of: (Leftover.Key, AWSError?).self) { group in
            for (kind, target) in targets {
                group.addTask { (target.key, await refusal(target.resource) { try await body(kind, target) }) }
            }
            var refused: [Leftover.Key: AWSError] = [:]
            for await (key, error) in group { refused[key] = error }
            return refused
        }
    }

    // MARK: One at a time

    private func delete(_ target: Leftover, _ kind: CleanupKind) async throws {
        try await prepare(target, kind)
        try await ec2.perform(kind.delete, [kind.deleteParameter: target.resource.id])
    }

    /// Takes away what holds a resource and is not a resource itself.
    ///
    /// - Throws: ``AWSError`` when an instance holds it: EC2 would refuse, and the next round asks again.
    private func prepare(_ target: Leftover, _ kind: CleanupKind) async throws {
        switch kind.name {
        case "network-interface", "volume":
            guard target.node?.text("status") == "in-use" else { return }
            let holder = (target.node?.items("attachmentSet").first ?? target.node?["attachment"])?.text("instanceId")
            throw AWSError(
                service: "ec2",
                action: kind.delete,
                code: "InUse",
                message: "it is attached to \(holder ?? "something that is not ours")"
            )
        case "elastic-ip":
            guard let association = target.node?.text("associationId") else { return }
            try await tolerant("DisassociateAddress", ["AssociationId": association])
        case "internet-gateway":
            for vpc in target.node?.items("attachmentSet").compactMap({ $0.text("vpcId") }) ?? [] {
                let gateway: QueryParameters = ["InternetGatewayId": target.resource.id, "VpcId": vpc]
                try await tolerant("DetachInternetGateway", gateway)
            }
        case "route-table":
            for entry in target.node?.items("associationSet") ?? [] {
                guard let association = entry.text("routeTableAssociationId") else { continue }
                try await tolerant("DisassociateRouteTable", ["AssociationId": association])
            }
        default: break
        }
    }

    private func tolerant(_ action: String, _ parameters: QueryParameters) async throws {
        do {
            try await ec2.perform(action, parameters)
        } catch let error as AWSError where error.isNotFound || error.code == "Gateway.NotAttached" {}
    }

    // MARK: Instances

    /// Terminates instances, and waits until they are terminated: they hold interfaces, volumes and groups until then.
    ///
    /// One that does not even begin to end is left to the next round, which asks for it again.
    private func terminate(_ instances: [(kind: CleanupKind, target: Leftover)]) async -> [Leftover.Key: AWSError] {
        let running = instances.filter { $0.target.node?.text("instanceState", "name") != "shutting-down" }
        var refused: [Leftover.Key: AWSError] = [:]
        for batch in running.batches(of: 100) {
            var parameters: QueryParameters = [:]
            parameters.add("InstanceId", list: batch.map(\.target.resource.id))
            do {
                try await ec2.perform("TerminateInstances", parameters)
            } catch {
                // One that cannot go, or is gone, makes the call fail for all.
                refused.merge(await concurrently(batch) { try await delete($1, $0) }) { $1 }
            }
        }
        let ids = instances.map(\.target).filter { refused[$0.key] == nil }.map(\.resource.id)
        await waitUntilTerminated(ids)
        return refused
    }

    private func waitUntilTerminated(_ ids: [String]) async {
        let clock = ec2.client.clock
        let backoff = Backoff(first: .milliseconds(500), limit: .seconds(5))
        let patience = clock.uptime() + .seconds(15)
        var attempt = 0
        while !ids.isEmpty, clock.uptime() < deadline, !Task.isCancelled {
            // An answer that failed is no answer: asked again, until the deadline.
            if let found = try? await ec2.instances(ids: ids) {
                if found.allSatisfy({ $0.state == "terminated" }) { return }
                let isEnding = found.allSatisfy { ["terminated", "shutting-down"].contains($0.state) }
                if !isEnding, clock.uptime() > patience { return }
            }
            try? await clock.sleep(backoff.wait(attempt: attempt, random: clock.random()))
            attempt += 1
        }
    }

    // MARK: Security groups

    /// Takes out the rules by which groups name other groups; each would keep the other from being deleted.
    private func separate(_ groups: [Leftover]) async {
        let pairs = groups.filter { group in
            let rules = (group.node?.items("ipPermissions") ?? []) + (group.node?.items("ipPermissionsEgress") ?? [])
            return rules.flatMap { $0.items("groups") }.contains { $0.text("groupId") != group.resource.id }
        }
        guard !pairs.isEmpty else { return }
        let ids = pairs.map(\.resource.id)
        let rules = try? await ec2.describe(
            "DescribeSecurityGroupRules",
            list: "securityGroupRuleSet",
            filters: [.init("group-id", ids)]
        )
        let naming = (rules ?? []).filter { $0["referencedGroupInfo"] != nil }
        for id in ids {
            for isEgress in [false, true] {
                var parameters: QueryParameters = ["GroupId": id]
                let ours = naming.filter { $0.text("groupId") == id && ($0.text("isEgress") == "true") == isEgress }
                if ours.isEmpty { continue }
                parameters.add("SecurityGroupRuleId", list: ours.compactMap { $0.text("securityGroupRuleId") })
                // If it fails, deleting the group does too, and says why.
                try? await ec2.perform("RevokeSecurityGroup\(isEgress ? "Egress" : "Ingress")", parameters)
            }
        }
    }

    // MARK: IAM

    private func deleteIdentities(_ targets: [Leftover]) async -> [Leftover.Key: AWSError] {
        var refused: [Leftover.Key: AWSError] = [:]
        // A profile before the role that is in it.
        for kind in ["iam-instance-profile", "iam-role"] {
            for target in targets where target.resource.kind == kind {
                refused[target.key] = await refusal(target.resource) {
                    let name = target.resource.id
                    if kind == "iam-role" { try await iam.deleteRole(name) } else { try await iam.deleteProfile(name) }
                }
            }
        }
        return refused
    }
}

/// Why a deletion was refused; nil when it was not, or when there was nothing to delete.
private func refusal(_ resource: Resource, _ body: () async throws -> Void) async -> AWSError? {
    do {
        try await body()
        return nil
    } catch let error as AWSError {
        return error.isNotFound ? nil : error
    } catch {
        return AWSError(service: "aws", action: "delete \(resource.kind)", code: "Failed", message: "\(error)")
    }
}
