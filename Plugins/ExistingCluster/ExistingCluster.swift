import AWS
public import PluginAPI
import Pulsar

/// Uses instances that exist: it creates nothing and deletes nothing, and says where they differ from the plan.
public struct ExistingCluster: Provisioner {
    /// What the plugin says about itself.
    public static let descriptor = PluginDescriptor(
        id: "existing",
        phase: .provision,
        summary: "EC2 instances that exist already; never creates, never deletes",
        provides: [.ec2Hosts],
        companions: [.image: "none", .execute: "ssm"],
        actions: ["ec2:DescribeInstances", "sts:GetCallerIdentity"]
    )

    private let options: ExistingOptions
    private let context: PluginContext

    /// Makes the plugin.
    public init(options: ExistingOptions, context: PluginContext) throws {
        guard options.instances.isEmpty != options.tags.isEmpty else {
            throw LabError(
                .invalidPlan,
                "the existing cluster is named neither by its instances nor by tags, or by both",
                hint: "plugins: {provisioner: {use: existing, options: {tags: {ExperimentID: …}}}}"
            )
        }
        guard (options.serviceURL == nil) == (options.httpURL == nil) else {
            throw LabError(.invalidPlan, "service_url and http_url are given together, or neither is")
        }
        self.options = options
        self.context = context
    }

    /// Checks for a region and credentials that AWS accepts.
    public func preflight() async throws { _ = try await STS(context).callerIdentity() }

    /// Nothing is created.
    public func outline(_ request: ProvisionRequest) -> ResourcePreview? { ResourcePreview(counts: [:]) }

    /// Nothing is created; the instances are looked for.
    public func preview(_ request: ProvisionRequest) async throws -> ResourcePreview {
        _ = try await hosts(.preflight)
        return ResourcePreview(counts: [:])
    }

    /// Finds the instances, and notes what the plan says otherwise.
    public func provision(_ request: ProvisionRequest) async throws -> [Host] {
        let hosts = try await hosts(.provisioning)
        for difference in Self.differences(between: request.hosts, and: hosts) {
            try await context.events.note("the cluster is not what the plan says: \(difference)", .warning)
        }
        return hosts
    }

    /// A cluster of any make, where the plan says what to connect to.
    public func cluster(on hosts: [Host]) -> Cluster? {
        guard let serviceURL = options.serviceURL, let httpURL = options.httpURL else { return nil }
        return .connected(
            hosts: hosts,
            serviceURL: serviceURL,
            httpURL: httpURL,
            clusterName: options.clusterName ?? "pulsar-cluster",
            bookies: max(1, hosts.count { $0.component == "bookkeeper" })
        )
    }

    /// The state of each host as EC2 sees it.
    public func states(of hosts: [Host]) async throws -> [String: HostState] {
        try await EC2Hosts(context).states(of: hosts)
    }

    /// Leaves everything as it is.
    public func teardown(_ known: [Resource]) async throws -> TeardownOutcome {
        TeardownOutcome(deleted: [], remaining: [], isVerified: true)
    }

    // MARK: Finding

    private func hosts(_ code: LabError.Code) async throws -> [Host] {
        let filters =
            options.tags.isEmpty
            ? [.init("instance-id", options.instances.map(\.id))]
            : options.tags.sorted { $0.key < $1.key }.map { QueryParameters.Filter("tag:\($0.key)", [$0.value]) }
        let found: [EC2Instance]
        do { found = try await EC2(context).instances(filters) } catch {
            throw LabError(aws: error, code, while: "looking for the cluster's instances")
        }
        let running = found.filter { $0.state == "running" }
        let missing = options.instances.map(\.id).filter { id in !running.contains { $0.id == id } }
        guard missing.isEmpty, !running.isEmpty else {
            let what =
                missing.isEmpty
                ? "no running instance carries the tags" : "not running: \(missing.joined(separator: ", "))"
            throw LabError(code, "the existing cluster is not there", cause: what, hint: "aws ec2 describe-instances")
        }
        return try running.map { try host($0, code) }.sorted { $0.name < $1.name }
    }

    private func host(_ instance: EC2Instance, _ code: LabError.Code) throws -> Host {
        let given = options.instances.first { $0.id == instance.id }
        guard let component = given?.component ?? instance.tags["Component"] else {
            throw LabError(
                code,
                "\(instance.id) does not say what it runs",
                hint: "give it a tag Component, or list it under instances with its component"
            )
        }
        guard let address = instance.privateAddress else {
            throw LabError(code, "\(instance.id) has no private address")
        }
        return Host(
            name: given?.name ?? instance.tags["Name"] ?? instance.id,
            component: component,
            instanceID: instance.id,
            privateAddress: address,
            instanceType: instance.type,
            availabilityZone: instance.availabilityZone,
            isSpot: instance.isSpot
        )
    }

    /// What differs between a plan's hosts and those that are there, a line each.
    static func differences(between planned: [HostSpec], and hosts: [Host]) -> [String] {
        let components = Set(planned.map(\.component) + hosts.map(\.component)).sorted()
        return components.flatMap { component -> [String] in
            let wanted = planned.filter { $0.component == component }
            let there = hosts.filter { $0.component == component }
            var lines: [String] = []
            if wanted.count != there.count {
                lines.append("\(component): \(wanted.count) planned, \(there.count) found")
            }
            let types = Set(there.map(\.instanceType)).subtracting(wanted.map(\.instanceType)).sorted()
            if !wanted.isEmpty, !types.isEmpty {
                let plan = Set(wanted.map(\.instanceType)).sorted().joined(separator: ", ")
                lines.append("\(component): \(plan) planned, \(types.joined(separator: ", ")) found")
            }
            return lines
        }
    }
}
