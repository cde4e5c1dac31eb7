import AWS
import PluginAPI

/// Launches the hosts, one call each and all at the same time, and goes down the ladder when EC2 has no room.
struct Fleet: Sendable {
    let request: ProvisionRequest
    let options: EC2Options
    let creation: EC2Creation
    let network: ClusterNetwork
    let profile: String
    let placementGroup: String?

    private var context: PluginContext { creation.context }

    /// A host that EC2 took, and what it is.
    private struct Launched: Sendable {
        var spec: HostSpec
        var instance: EC2Instance
    }

    /// What became of one launch.
    private enum Outcome: Sendable {
        case launched(Launched)
        case noRoom(HostSpec, AWSError)
    }

    /// Launches every host, and waits until all of them run.
    func launch() async throws -> [Host] {
        var ladder = CapacityLadder(
            zone: context.cloud.availabilityZone,
            otherZones: options.zones,
            alternatives: options.types
        )
        var subnet = try await network.makeSubnet(in: ladder.zone, anew: false)
        var launched: [String: Launched] = [:]
        while true {
            var refused: [(host: HostSpec, error: AWSError)] = []
            for outcome in try await launch(request.hosts.filter { launched[$0.name] == nil }, in: subnet, ladder) {
                switch outcome {
                case .launched(let one): launched[one.spec.name] = one
                case .noRoom(let host, let error): refused.append((host, error))
                }
            }
            let doomed = try await waitUntilRunning(&launched)
            refused += doomed
            guard let first = refused.first else { break }
            let before = ladder
            guard ladder.advance(lacking: Set(refused.map(\.host.instanceType))) else { throw first.error }
            try await tell(refused, before, ladder)
            guard ladder.zone != before.zone else { continue }
            try await leave(subnet, Array(launched.values))
            launched = [:]
            subnet = try await network.makeSubnet(in: ladder.zone, anew: true)
        }
        try await recordVolumes(launched)
        return request.hosts.compactMap { spec in launched[spec.name].map { Self.host(spec, $0.instance) } }
    }

    // MARK: Launching

    private func launch(_ hosts: [HostSpec], in subnet: String, _ ladder: CapacityLadder) async throws -> [Outcome] {
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            for host in hosts { group.addTask { try await launch(host, in: subnet, ladder) } }
            var outcomes: [Outcome] = []
            for try await outcome in group {
                outcomes.append(outcome)
                try await context.events.progress(
                    "launching hosts",
                    completed: Double(request.hosts.count - hosts.count + outcomes.count),
                    of: Double(request.hosts.count)
                )
            }
            return outcomes
        }
    }

    private func launch(_ spec: HostSpec, in subnet: String, _ ladder: CapacityLadder) async throws -> Outcome {
        do {
            return try await run(spec, in: subnet, type: ladder.type(for: spec.instanceType), spot: request.spot)
        } catch let error as AWSError where request.spot?.fallsBackToOnDemand == true && error.isNoSpot {
            let reason = "no spot capacity for \(spec.name): taken on demand"
            try await context.events.note("\(reason) (\(error.code))", .warning)
        } catch let error as AWSError where error.isCapacity || error.isNoSpot || error.code == "Unsupported" {
            return .noRoom(spec, error)
        }
        do {
            return try await run(spec, in: subnet, type: ladder.type(for: spec.instanceType), spot: nil)
        } catch let error as AWSError where error.isCapacity {
            return .noRoom(spec, error)
        }
    }

    private func run(_ spec: HostSpec, in subnet: String, type: String, spot: SpotRequest?) async throws -> Outcome {
        let launch = HostLaunch(
            spec: spec,
            image: request.image,
            instanceType: type,
            subnet: subnet,
            securityGroup: network.securityGroup,
            profile: profile,
            placementGroup: placementGroup,
            tenancy: options.tenancy,
            spot: spot
        )
        let parameters = launch.parameters(tags: context.tags)
        let token = parameters.pairs.first { $0.name == "ClientToken" }?.value
        try await context.events.record(.intended(ResourceIntent(kind: "instance", name: spec.name, token: token)))
        for name in HostLaunch.volumeNames(of: spec) {
            try await context.events.record(.intended(ResourceIntent(kind: "volume", name: name, token: token)))
        }
        let reply = try await creation.untilKnown {
            try await creation.client.query(.ec2, "RunInstances", parameters, safety: .idempotent)
        }
        guard let instance = reply.items("instancesSet").first.flatMap(EC2Instance.init) else {
            throw LabError(.provisioning, "the reply to RunInstances names no instance for \(spec.name)")
        }
        try await record(instance, for: spec)
        return .launched(Launched(spec: spec, instance: instance))
    }

    private func record(_ instance: EC2Instance, for spec: HostSpec) async throws {
        var attributes = ["component": spec.component, "instanceType": instance.type]
        attributes["lifecycle"] = instance.isSpot ? "spot" : "on-demand"
        attributes["availabilityZone"] = instance.availabilityZone
        attributes["publicAddress"] = "true"
        if options.tenancy != "default" { attributes["tenancy"] = options.tenancy }
        let resource = Resource(kind: "instance", id: instance.id, name: spec.name, attributes: attributes)
        try await context.events.record(.created(resource))
    }

    // MARK: Waiting

    /// Waits until no launched host is on its way any more; what ended by itself is taken out, with EC2's reason.
    private func waitUntilRunning(
        _ launched: inout [String: Launched]
    ) async throws -> [(host: HostSpec, error: AWSError)] {
        let clock = context.clock
        let deadline = clock.uptime() + .seconds(600)
        let backoff = Backoff(first: .seconds(1), limit: .seconds(5))
        var doomed: [(HostSpec, AWSError)] = []
        var attempt = 0
        while launched.values.contains(where: { $0.instance.state != "running" }) {
            guard clock.uptime() < deadline else {
                let late = launched.values.filter { $0.instance.state != "running" }.map(\.spec.name).sorted()
                throw LabError(.provisioning, "not running after ten minutes: \(late.joined(separator: ", "))")
            }
            try await clock.sleep(backoff.wait(attempt: attempt, random: clock.random()))
            attempt += 1
            let known = try await EC2(creation.client).instances(ids: launched.values.map(\.instance.id))
            let byID = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            for (name, one) in launched {
                guard let instance = byID[one.instance.id] else { continue }
                launched[name]?.instance = instance
                guard instance.isGone else { continue }
                launched[name] = nil
                try await context.events.record(.deleted(kind: "instance", id: instance.id))
                doomed.append((one.spec, try Self.refusal(instance, one.spec)))
            }
            let running = launched.values.count { $0.instance.state == "running" }
            try await context.events.progress(
                "waiting for hosts to run",
                completed: Double(running),
                of: Double(request.hosts.count)
            )
        }
        return doomed
    }

    /// An instance that ended before it ran, as the refusal that it is; anything but missing room ends the attempt.
    private static func refusal(_ instance: EC2Instance, _ spec: HostSpec) throws -> AWSError {
        let reason = instance.stateReason ?? "EC2 does not say why"
        guard reason.contains("InsufficientInstanceCapacity") || reason.contains("SpotInstance") else {
            throw LabError(
                .provisioning,
                "\(spec.name) (\(instance.id)) ended before it ran",
                cause: reason,
                hint: "VolumeLimitExceeded and InternalError say that EBS or its key refused the disks"
            )
        }
        return AWSError(
            service: "ec2",
            action: "RunInstances",
            code: "InsufficientInstanceCapacity",
            message: "\(spec.name): \(reason)"
        )
    }

    // MARK: Going elsewhere

    private func tell(
        _ refused: [(host: HostSpec, error: AWSError)],
        _ before: CapacityLadder,
        _ after: CapacityLadder
    ) async throws {
        let types = Set(refused.map { before.type(for: $0.host.instanceType) }).sorted().joined(separator: ", ")
        let place = before.zone ?? "the zone that EC2 chose"
        var next: [String] = []
        if after.zone != before.zone { next.append("all hosts go to \(after.zone ?? "the zone that EC2 chooses")") }
        for type in Set(request.hosts.map(\.instanceType)).sorted()
        where after.type(for: type) != before.type(for: type) {
            next.append("\(after.type(for: type)) in place of \(type)")
        }
        try await context.events.note(
            "no room for \(types) in \(place) (\(refused[0].error.code)): \(next.joined(separator: "; "))",
            .warning
        )
    }

    /// Gives up what was launched in a subnet, and the subnet: addresses are the same wherever the hosts are.
    private func leave(_ subnet: String, _ launched: [Launched]) async throws {
        let ids = launched.map(\.instance.id)
        if !ids.isEmpty {
            var parameters: QueryParameters = [:]
            parameters.add("InstanceId", list: ids)
            try await EC2(creation.client).perform("TerminateInstances", parameters)
            let clock = context.clock
            let deadline = clock.uptime() + .seconds(600)
            while try await EC2(creation.client).instances(ids: ids).contains(where: { $0.state != "terminated" }) {
                guard clock.uptime() < deadline else {
                    throw LabError(.provisioning, "the hosts of the first attempt did not end within ten minutes")
                }
                try await clock.sleep(.seconds(3))
            }
            for id in ids { try await context.events.record(.deleted(kind: "instance", id: id)) }
        }
        try await network.removeSubnet(subnet)
    }

    // MARK: What there is in the end

    private static func host(_ spec: HostSpec, _ instance: EC2Instance) -> Host {
        Host(
            name: spec.name,
            component: spec.component,
            instanceID: instance.id,
            privateAddress: spec.privateAddress,
            instanceType: instance.type,
            availabilityZone: instance.availabilityZone,
            isSpot: instance.isSpot
        )
    }

    /// The volumes came with the instances, and are billed by themselves.
    private func recordVolumes(_ launched: [String: Launched]) async throws {
        let specs = Dictionary(
            launched.values.map { ($0.instance.id, $0.spec) },
            uniquingKeysWith: { first, _ in first }
        )
        let filter = QueryParameters.Filter("tag:ExperimentID", [context.experiment.rawValue])
        let volumes = try await EC2(creation.client)
            .describe("DescribeVolumes", list: "volumeSet", filters: [filter])
        for volume in volumes {
            guard let id = volume.text("volumeId"), let attachment = volume.items("attachmentSet").first,
                let spec = attachment.text("instanceId").flatMap({ specs[$0] })
            else { continue }
            var attributes = ["component": spec.component]
            attributes["volumeType"] = volume.text("volumeType")
            attributes["sizeGB"] = volume.text("size")
            attributes["availabilityZone"] = volume.text("availabilityZone")
            attributes["iops"] = volume.text("iops")
            attributes["throughputMBps"] = volume.text("throughput")
            let isData = attachment.text("device") == HostLaunch.dataDevice
            let name = "\(spec.name)/\(isData ? "data" : "root")"
            try await context.events.record(
                .created(Resource(kind: "volume", id: id, name: name, attributes: attributes))
            )
        }
    }
}

extension AWSError {
    /// Whether spot has no room, at this price.
    fileprivate var isNoSpot: Bool {
        isCapacity || ["SpotMaxPriceTooLow", "MaxSpotInstanceCountExceeded"].contains(code)
    }
}
