import AWS
public import PluginAPI

/// Creates nothing, the way a real provisioner creates things.
///
/// Intents, resources, states and deletions are those of a cluster on AWS, in a few seconds, so that a plan can be
/// tried and the machinery shown without an account. What "exists" is kept in the plugin's directory: a teardown by
/// another process finds it.
public struct DryRunProvisioner: CostEstimating {
    /// Brings its own image and executor: no others could use its hosts.
    public static let descriptor = PluginDescriptor(
        id: "dry-run",
        phase: .provision,
        summary: "pretends to create hosts; nothing exists and nothing costs",
        provides: [.simulatedHosts, .resourceLedger, .simulated],
        companions: [.image: "dry-run", .execute: "dry-run"]
    )

    /// How long creating everything takes; half as long to delete it.
    private static let effort = Duration.milliseconds(2400)

    private let scenario: DryRunScenario?
    private let context: PluginContext
    private let account: SimulatedAccount
    private let prices: PriceBook

    /// Makes the provisioner.
    public init(options: DryRunProvisionerOptions, context: PluginContext) {
        scenario = options.scenario
        self.context = context
        self.account = SimulatedAccount(directory: context.directory)
        var context = context
        context.cloud.region = context.cloud.region ?? SimulatedResources.region
        prices = PriceBook(context)
    }

    /// Needs nothing.
    public func preflight() async throws {
        guard scenario == .permissionDenied else { return }
        throw LabError(
            .preflight,
            "asking EC2 whether it would launch hosts failed (simulated)",
            cause: "ec2 RunInstances: UnauthorizedOperation: You are not authorized to perform this operation.",
            hint: "allow ec2:RunInstances to whoever `aws sts get-caller-identity` names"
        )
    }

    /// Counts what the EC2 provisioner would create.
    public func preview(_ request: ProvisionRequest) async throws -> ResourcePreview { counted(request) }

    /// What the same request would create on AWS.
    public func outline(_ request: ProvisionRequest) -> ResourcePreview? { counted(request) }

    /// What the same request would create on AWS, as far as it would cost money.
    public func billables(_ request: ProvisionRequest) -> [Resource]? {
        resources(for: request).filter { ["instance", "volume"].contains($0.kind) }
    }

    /// What the same resources would cost on AWS, by the prices at hand; AWS is never asked.
    public func quote(for resources: [Resource], asking: Bool) async -> Quote {
        await prices.quote(for: resources, asking: false)
    }

    private func counted(_ request: ProvisionRequest) -> ResourcePreview {
        ResourcePreview(counts: resources(for: request).reduce(into: [:]) { $0[$1.kind, default: 0] += 1 })
    }

    /// Makes the resources exist, one after the other.
    public func provision(_ request: ProvisionRequest) async throws -> [Host] {
        let wanted = resources(for: request)
        let existing = Set(try await account.resources())
        let pause = Self.effort / max(wanted.count, 1) * (scenario == .slow ? 20 : 1)
        let last = request.hosts.last?.name
        for (index, resource) in wanted.enumerated() where !existing.contains(resource) {
            try await context.events.progress(
                "creating \(resource.kind) \(resource.name) (simulated)",
                completed: Double(index),
                of: Double(wanted.count)
            )
            let intent = ResourceIntent(kind: resource.kind, name: resource.name, token: resource.id)
            try await context.events.record(.intended(intent))
            if scenario == .capacityError, resource.kind == "instance", resource.name == last {
                throw LabError(
                    .provisioning,
                    "creating \(resource.name) failed (simulated)",
                    cause:
                        "ec2 RunInstances: InsufficientInstanceCapacity: We currently do not have sufficient capacity in "
                        + "the Availability Zone you requested.",
                    hint: "set another aws.availability_zone or another instance type"
                )
            }
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
            if scenario == .hostDies, host.name == hosts.last?.name {
                states[host.name] = .gone("terminated: Server.SpotInstanceTermination (simulated)")
                return
            }
            states[host.name] =
                existing.contains(host.instanceID)
                ? .running : .gone("there is no simulated instance \(host.instanceID)")
        }
    }

    /// Makes everything not exist, in reverse order of creation.
    public func teardown(_ known: [Resource]) async throws -> TeardownOutcome {
        var doomed = try await account.resources()
        doomed += known.filter { resource in !doomed.contains { $0.kind == resource.kind && $0.id == resource.id } }

        // What holds it is gone a minute later, as with the interfaces of instances on AWS.
        let held = scenario == .leftover && doomed.count > 1 ? doomed.first { $0.kind == "security-group" } : nil
        doomed.removeAll { $0 == held }
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
            TeardownOutcome.Remaining(
                kind: resource.kind,
                id: resource.id,
                reason: resource == held
                    ? "DependencyViolation: resource \(resource.id) has a dependent object (simulated)"
                    : "it is still in the simulation"
            )
        }
        return TeardownOutcome(deleted: deleted, remaining: remaining, isVerified: true)
    }

    private func resources(for request: ProvisionRequest) -> [Resource] {
        SimulatedResources(for: request, experiment: context.experiment, cloud: context.cloud).all
    }
}
