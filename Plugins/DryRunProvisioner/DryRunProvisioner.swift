public import PluginAPI

/// Creates nothing, the way a real provisioner creates things.
///
/// Intents, resources, states and deletions are those of a cluster on AWS, in a few seconds, so that a plan can be
/// tried and the machinery shown without an account. What "exists" is kept in the plugin's directory: a teardown by
/// another process finds it.
public struct DryRunProvisioner: Provisioner {
    /// Brings its own image and executor: no others could use its hosts.
    public static let descriptor = PluginDescriptor(
        id: "dry-run",
        phase: .provision,
        summary: "Pretends to create hosts; nothing exists and nothing costs",
        provides: [.simulatedHosts, .resourceLedger, .simulated],
        companions: [.image: "dry-run", .execute: "dry-run"]
    )

    /// How long creating everything takes; half as long to delete it.
    private static let effort = Duration.milliseconds(2400)

    private let context: PluginContext
    private let account: SimulatedAccount

    /// Makes the provisioner.
    public init(options: NoOptions, context: PluginContext) {
        self.context = context
        self.account = SimulatedAccount(directory: context.directory)
    }

    /// Needs nothing.
    public func preflight() async throws {}

    /// Counts what the terraform modules would create.
    public func preview(_ request: ProvisionRequest) async throws -> ResourcePreview { counted(request) }

    /// What the same request would create on AWS.
    public func outline(_ request: ProvisionRequest) -> ResourcePreview? { counted(request) }

    private func counted(_ request: ProvisionRequest) -> ResourcePreview {
        ResourcePreview(counts: resources(for: request).reduce(into: [:]) { $0[$1.kind, default: 0] += 1 })
    }

    /// Makes the resources exist, one after the other.
    public func provision(_ request: ProvisionRequest) async throws -> [Host] {
        let wanted = resources(for: request)
        let existing = Set(try await account.resources())
        let pause = Self.effort / max(wanted.count, 1)
        for (index, resource) in wanted.enumerated() where !existing.contains(resource) {
            try await context.events.progress(
                "creating \(resource.kind) \(resource.name) (simulated)",
                completed: Double(index),
                of: Double(wanted.count)
            )
            let intent = ResourceIntent(kind: resource.kind, name: resource.name, token: resource.id)
            try await context.events.record(.intended(intent))
            try await context.clock.sleep(pause)
            try await account.create(resource)
            try await context.events.record(.created(resource))
        }
        return request.hosts.map { spec in
            let instance = wanted.first { $0.kind == "instance" && $0.name == spec.name }
            return Host(
                name: spec.name,
                component: spec.component,
                instanceID: SimulatedResources.id(of: "instance", spec.name, in: context.experiment),
                privateAddress: spec.privateAddress,
                instanceType: spec.instanceType,
                availabilityZone: instance?.attributes["availabilityZone"],
                isSpot: request.spot != nil
            )
        }
    }

    /// Running, for what exists.
    public func states(of hosts: [Host]) async throws -> [String: HostState] {
        let existing = Set(try await account.resources().map(\.id))
        return hosts.reduce(into: [:]) { states, host in
            states[host.name] =
                existing.contains(host.instanceID)
                ? .running : .gone("there is no simulated instance \(host.instanceID)")
        }
    }

    /// Makes everything not exist, in reverse order of creation.
    public func teardown(_ known: [Resource]) async throws -> TeardownOutcome {
        var doomed = try await account.resources()
        doomed += known.filter { resource in !doomed.contains { $0.kind == resource.kind && $0.id == resource.id } }

        var deleted: [Resource] = []
        for resource in doomed.reversed() {
            try await context.events.progress(
                "deleting \(resource.kind) \(resource.name) (simulated)",
                completed: Double(deleted.count),
                of: Double(doomed.count)
            )
            try await context.clock.sleep(Self.effort / 2 / doomed.count)
            try await account.delete(kind: resource.kind, id: resource.id)
            try await context.events.record(.deleted(kind: resource.kind, id: resource.id))
            deleted.append(resource)
        }
        let remaining = try await account.resources().map { resource in
            TeardownOutcome.Remaining(kind: resource.kind, id: resource.id, reason: "it is still in the simulation")
        }
        return TeardownOutcome(deleted: deleted, remaining: remaining, isVerified: true)
    }

    private func resources(for request: ProvisionRequest) -> [Resource] {
        SimulatedResources(for: request, experiment: context.experiment, cloud: context.cloud).all
    }
}
