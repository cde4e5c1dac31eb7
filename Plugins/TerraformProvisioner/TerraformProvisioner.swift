import AWS
import Document
public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Creates a cluster's hosts with terraform: LabHost's own module, or the user's.
///
/// The experiment's directory holds everything that terraform needs and knows: the module, the variables, the state. What is
/// created is in the ledger as soon as terraform says so, so that it is found again even if all of that is lost.
public struct TerraformProvisioner: CostEstimating, Billing {
    /// What the plugin says about itself.
    public static let descriptor = PluginDescriptor(
        id: "terraform",
        phase: .provision,
        summary: "EC2 instances in a network of their own, made by terraform",
        provides: [.ec2Hosts, .expiringHosts, .resourceLedger],
        requires: [.machineImages],
        aliases: ["tf"],
        companions: [.image: "packer", .execute: "ssm"],
        actions: Array(Set(ProvisioningActions.all + Cleanup.actions + PriceBook.actions + CostExplorer.actions))
            .sorted()
    )

    let options: TerraformOptions
    let context: PluginContext
    let workspace: Workspace
    let terraform: Terraform
    private let prices: PriceBook

    /// Makes the plugin.
    public init(options: TerraformOptions, context: PluginContext) throws {
        self.options = options
        self.context = context
        workspace = Workspace(directory: context.directory)
        prices = PriceBook(context)
        terraform = Terraform(context: context, workspace: workspace, binary: options.binary ?? "terraform")
    }

    /// Checks for terraform, a region, credentials that AWS accepts, and the user's module.
    public func preflight() async throws {
        try await terraform.checkVersion()
        if let module = options.module { _ = try ModuleFiles.copy(of: module) }
        guard context.cloud.region != nil else { throw TerraformFailure.noRegion }
        let identity = try await STS(context).callerIdentity()
        try await context.events.note("AWS account \(identity.account) as \(identity.arn)", .debug)
    }

    /// The embedded modules make one thing each; what a module of the user's makes, only terraform knows.
    public func outline(_ request: ProvisionRequest) throws -> ResourcePreview? {
        guard options.module == nil else { return nil }
        var counts = [
            "vpc": 1, "subnet": 1, "internet-gateway": 1, "route-table": 1, "security-group": 1, "launch-template": 1,
            "instance": request.hosts.count,
            // Each host has a root volume.
            "volume": request.hosts.count { $0.dataVolume != nil } + request.hosts.count,
        ]
        if context.cloud.instanceProfile == nil {
            counts["iam-role"] = 1
            counts["iam-instance-profile"] = 1
        }
        return ResourcePreview(counts: counts)
    }

    /// Makes terraform's plan, which ``provision(_:)`` then applies, and counts what it would create.
    public func preview(_ request: ProvisionRequest) async throws -> ResourcePreview {
        let variables = try TerraformVariables(request, context: context)
        let changes = try await plan(variables, failing: .preflight)
        var counts: [String: Int] = [:]
        for intent in Self.intents(changes, variables) { counts[intent.kind, default: 0] += 1 }
        return ResourcePreview(counts: counts)
    }

    /// Applies the plan that was shown, or a new one where the world has moved on.
    public func provision(_ request: ProvisionRequest) async throws -> [Host] {
        var variables = try TerraformVariables(request, context: context)
        try await startOverAfterKill()
        for name in onDemandHosts { variables.hosts[name]?.spot = nil }
        var (outcome, outputs) = try await applyThroughLostAnswers(variables)
        let refused = hostsWithoutSpot(outcome, variables)
        if !refused.isEmpty, request.spot?.fallsBackToOnDemand == true {
            let names = refused.sorted().joined(separator: ", ")
            try await context.events.note("no spot capacity for \(names): taken on demand", .warning)
            try rememberOnDemand(refused.union(onDemandHosts))
            for name in refused { variables.hosts[name]?.spot = nil }
            (outcome, outputs) = try await applyThroughLostAnswers(variables)
        }
        guard outcome.succeeded else {
            throw TerraformFailure.error(
                .provisioning,
                "terraform could not create the cluster",
                outcome,
                hosts: variables.hosts
            )
        }
        return try await recordHosts(try HostOutput.read(outputs, for: request.hosts))
    }

    /// The state of each host as EC2 sees it.
    public func states(of hosts: [Host]) async throws -> [String: HostState] {
        try await EC2Hosts(context).states(of: hosts)
    }

    /// Instances, addresses and disks; what a module of the user's makes, only terraform knows.
    public func billables(_ request: ProvisionRequest) -> [Resource]? {
        options.module == nil ? Billables.of(request, zone: context.cloud.availabilityZone) : nil
    }

    /// What AWS's price list says.
    public func quote(for resources: [Resource], asking: Bool) async -> Quote {
        await prices.quote(for: resources, asking: asking)
    }

    /// What Cost Explorer says.
    public func bill(from start: Date, to end: Date) async throws -> Bill {
        try await CostExplorer(context).bill(from: start, to: end)
    }

    private func recordHosts(_ found: [(spec: HostSpec, output: HostOutput)]) async throws -> [Host] {
        for (spec, output) in found {
            for volume in output.resources(spec) { try await context.events.record(.created(volume)) }
        }
        return found.map { $0.output.host($0.spec) }
    }

    // MARK: Planning

    /// Makes a plan and keeps it.
    func plan(_ variables: TerraformVariables, failing code: LabError.Code) async throws -> [TerraformAddress] {
        try await prepare(variables)
        workspace.remove(workspace.plan, workspace.planned)
        let changes = PlannedChanges()
        let outcome = try await terraform.run(["plan", "-input=false", "-json", "-out=\(Workspace.planName)"]) {
            event in
            // A replacement creates too.
            guard case .planned(let address, let action) = event, ["create", "replace"].contains(action) else { return }
            await changes.append(address)
        }
        guard outcome.succeeded else {
            throw TerraformFailure.error(code, "terraform could not plan the cluster", outcome, hosts: variables.hosts)
        }
        let all = await changes.all
        try workspace.write(try PlannedChanges.encode(all), to: workspace.planned)
        return all
    }

    /// Writes the module and the variables; installs the provider when there is none, or the module has changed.
    private func prepare(_ variables: TerraformVariables) async throws {
        let files = try options.module.map { try ModuleFiles.copy(of: $0) } ?? ModuleFiles.embedded
        var hasChanged = false
        for file in files {
            let path = workspace.path(file.path)
            if try workspace.write(file.content, to: path) { hasChanged = true }
        }
        try workspace.write(try variables.encoded(), to: workspace.variables)
        if hasChanged || !workspace.isInitialised {
            try await context.events.progress("terraform init")
            try await terraform.initialise()
        }
        try await context.events.progress("terraform plan")
    }

    /// The plan that was shown, when nothing of what it was made from has changed since.
    private func shownPlan(for variables: TerraformVariables) throws -> [TerraformAddress]? {
        guard workspace.exists(workspace.plan), workspace.read(workspace.variables) == (try variables.encoded()),
            let content = workspace.read(workspace.planned)
        else { return nil }
        return PlannedChanges.decode(content)
    }

    /// What the ledger is told before anything is created: the resources, and the volumes that come with instances.
    static func intents(_ changes: [TerraformAddress], _ variables: TerraformVariables) -> [ResourceIntent] {
        changes.flatMap { address -> [ResourceIntent] in
            guard let kind = ResourceKinds.kind(of: address.type) else { return [] }
            var intents = [ResourceIntent(kind: kind, name: address.name)]
            if address.type == "aws_instance", let host = variables.hosts[address.name] {
                let volumes = HostOutput.volumeNames(of: address.name).prefix(host.volume == nil ? 1 : 2)
                intents += volumes.map { ResourceIntent(kind: "volume", name: $0) }
            }
            return intents
        }
    }

    // MARK: Applying

    func apply(_ variables: TerraformVariables) async throws -> (TerraformOutcome, Node?) {
        if let shown = try shownPlan(for: variables) {
            let (outcome, outputs) = try await apply(shown, variables)
            guard outcome.says("Saved plan is stale") else { return (outcome, outputs) }
            try await context.events.note("the plan that was shown is out of date: made anew")
        }
        return try await apply(try await plan(variables, failing: .provisioning), variables)
    }

    private func apply(
        _ changes: [TerraformAddress],
        _ variables: TerraformVariables
    ) async throws -> (TerraformOutcome, Node?) {
        for intent in Self.intents(changes, variables) { try await context.events.record(.intended(intent)) }
        let follower = Follower(context, verb: "creating", total: changes.count, hosts: variables.hosts)
        // From here on the plan is spent, whatever becomes of this process.
        workspace.remove(workspace.planned)
        try workspace.write([], to: workspace.changing)
        defer { workspace.remove(workspace.plan) }
        // Hosts do not wait for each other; terraform's own limit is ten at a time.
        let arguments = ["apply", "-input=false", "-json", "-parallelism=30", Workspace.planName]
        let outcome = try await terraform.run(arguments) { try await follower.take($0) }
        // Interrupted, it says so too, and has not written down what was under way.
        try Task.checkCancellation()
        workspace.remove(workspace.changing)
        return (outcome, await follower.outputs)
    }

    // MARK: Spot capacity

    private func hostsWithoutSpot(_ outcome: TerraformOutcome, _ variables: TerraformVariables) -> Set<String> {
        let refused = outcome.diagnostics.filter { diagnostic in
            diagnostic.isError && diagnostic.awsCode.map { TerraformFailure.spotCodes.contains($0) } ?? false
        }
        return Set(
            variables.hosts.keys.filter { name in
                variables.hosts[name]?.spot != nil
                    && refused.contains { $0.address?.hasSuffix("[\"\(name)\"]") ?? false }
            }
        )
    }

    /// The hosts that fell back to on-demand: asked for as spot again, they would be replaced.
    private var onDemandHosts: Set<String> {
        let content = workspace.read(workspace.onDemand) ?? []
        return Set(String(decoding: content, as: UTF8.self).split(separator: "\n").map(String.init))
    }

    private func rememberOnDemand(_ hosts: Set<String>) throws {
        try workspace.write(Array(hosts.sorted().joined(separator: "\n").utf8), to: workspace.onDemand)
    }
}
