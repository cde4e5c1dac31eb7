import AWS
public import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Creates a cluster's hosts with direct calls to EC2 and IAM: the same cluster as the terraform modules make, sooner.
///
/// What does not depend on each other is made at the same time. Each host is one RunInstances with its fixed address, its
/// volumes and its tags in the call, and a client token of its own.
public struct EC2Provisioner: CostEstimating, Billing {
    /// What the plugin says about itself.
    public static let descriptor = PluginDescriptor(
        id: "ec2",
        phase: .provision,
        summary: "EC2 instances in a network of their own, made by direct API calls",
        provides: [.ec2Hosts, .expiringHosts, .resourceLedger],
        requires: [.machineImages],
        companions: [.image: "packer", .execute: "ssm"],
        actions: Array(Set(creating + Cleanup.actions + PriceBook.actions + CostExplorer.actions)).sorted()
    )

    private static let creating: [String] =
        [
            "AssociateRouteTable", "AttachInternetGateway", "AuthorizeSecurityGroupIngress", "CreateInternetGateway",
            "CreatePlacementGroup", "CreateRoute", "CreateRouteTable", "CreateSecurityGroup", "CreateSubnet",
            "CreateTags", "CreateVpc", "DeleteSubnet", "DescribeInstanceTypes", "DescribeInstances",
            "DescribeInternetGateways", "DescribeRouteTables", "DescribeSecurityGroups", "DescribeSubnets",
            "DescribeVolumes", "DescribeVpcs", "RunInstances", "TerminateInstances",
        ].map { "ec2:\($0)" }
        + [
            "AddRoleToInstanceProfile", "AttachRolePolicy", "CreateInstanceProfile", "CreateRole",
            "CreateServiceLinkedRole", "PassRole", "TagInstanceProfile", "TagRole",
        ].map { "iam:\($0)" } + ["servicequotas:GetServiceQuota", "sts:GetCallerIdentity"]

    let options: EC2Options
    let context: PluginContext
    let client: AWSClient
    private let prices: PriceBook

    /// Makes the plugin.
    public init(options: EC2Options, context: PluginContext) {
        self.options = options
        self.context = context
        // A launch that has to wait for its place in a long line is still a launch.
        client = AWSClient(context, retry: RetryPolicy(maximumAttempts: 10, limit: .seconds(120)))
        prices = PriceBook(context)
    }

    /// Checks for a region and credentials that AWS accepts.
    public func preflight() async throws {
        let identity = try await STS(context).callerIdentity()
        try await context.events.note("AWS account \(identity.account) as \(identity.arn)", .debug)
    }

    /// Everything that is made is known beforehand.
    public func outline(_ request: ProvisionRequest) -> ResourcePreview? {
        var counts = [
            "vpc": 1, "subnet": 1, "internet-gateway": 1, "route-table": 1, "security-group": 1,
            "instance": request.hosts.count,
            "volume": request.hosts.reduce(0) { $0 + HostLaunch.volumeNames(of: $1).count },
        ]
        if context.cloud.instanceProfile == nil {
            counts["iam-role"] = 1
            counts["iam-instance-profile"] = 1
        }
        if options.placement != nil { counts["placement-group"] = 1 }
        return ResourcePreview(counts: counts)
    }

    /// Counts what would be made, and asks EC2 whether it could be: permissions, image and types, quotas.
    public func preview(_ request: ProvisionRequest) async throws -> ResourcePreview {
        let check = LaunchCheck(client: client, events: context.events)
        async let quotas: Void = check.quotas(request)
        async let launches: Void = check.launches(request, tags: context.tags)
        _ = try await (quotas, launches)
        return outline(request) ?? ResourcePreview(counts: [:])
    }

    /// Makes the network, the profile and the hosts; what an earlier attempt made is completed.
    public func provision(_ request: ProvisionRequest) async throws -> [Host] {
        do {
            let creation = EC2Creation(context: context, client: client, existing: try await existing())
            async let profile = HostProfile(creation: creation).make()
            async let group = placementGroup(creation)
            let network = try await ClusterNetwork(request.network, creation)
            async let way: Void = network.connect()
            let fleet = Fleet(
                request: request,
                options: options,
                creation: creation,
                network: network,
                profile: try await profile,
                placementGroup: try await group
            )
            let hosts = try await fleet.launch()
            try await way
            return hosts
        } catch {
            throw LabError(aws: error, .provisioning, while: "creating the cluster")
        }
    }

    /// The state of each host as EC2 sees it.
    public func states(of hosts: [Host]) async throws -> [String: HostState] {
        try await EC2Hosts(context).states(of: hosts)
    }

    /// Deletes what AWS has under the experiment's tags.
    public func teardown(_ known: [Resource]) async throws -> TeardownOutcome {
        let outcome = try await Cleanup(context).run(known: known)
        if outcome.isVerified, outcome.remaining.isEmpty { LocalFile.remove(begun) }
        return outcome
    }

    /// Instances, addresses and disks.
    public func billables(_ request: ProvisionRequest) -> [Resource]? {
        Billables.of(request, zone: context.cloud.availabilityZone, tenancy: options.tenancy)
    }

    /// What AWS's price list says.
    public func quote(for resources: [Resource], asking: Bool) async -> Quote {
        await prices.quote(for: resources, asking: asking)
    }

    /// What Cost Explorer says.
    public func bill(from start: Date, to end: Date) async throws -> Bill {
        try await CostExplorer(context).bill(from: start, to: end)
    }

    /// Whether there has been an attempt before, so that a first one need not look for what it left.
    private func existing() async throws -> [String: String] {
        guard try LocalFile.read(begun) == nil else { return try await EC2Creation.existing(context, client) }
        try LocalFile.write([], to: begun)
        return [:]
    }

    private var begun: FilePath { context.directory.appending("begun") }

    private func placementGroup(_ creation: EC2Creation) async throws -> String? {
        guard let strategy = options.placement else { return nil }
        let name = context.experiment.rawValue
        var parameters: QueryParameters = ["GroupName": name, "Strategy": strategy.rawValue]
        parameters.add(tags: context.tags.merging(["Name": name]) { $1 }, for: ["placement-group"])
        let kind = "placement-group"
        try await context.events.record(.intended(ResourceIntent(kind: kind, name: name, token: name)))
        try await creation.ensure(.ec2, "CreatePlacementGroup", parameters, done: ["InvalidPlacementGroup.Duplicate"])
        try await context.events.record(.created(Resource(kind: kind, id: name, name: name)))
        return name
    }
}
