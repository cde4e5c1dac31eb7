import Document
import PluginAPI

extension PlanReview {
    mutating func header() -> PlanDocument.Header? {
        if let tags = section("tags", as: [String: String].self) { check(tags) }
        let needed = ["name", "description", "tags", "repetitions", "order", "seed", "on_cell_failure"]
        guard needed.allSatisfy({ !faulty.contains($0) }), root["name"] != nil else { return nil }
        return decode(PlanDocument.Header.self, from: root)
    }

    private mutating func check(_ tags: [String: String]) {
        let path = PlanPath() / "tags"
        if tags.count > TagRules.limit { report("expected at most \(TagRules.limit) tags, found \(tags.count)", path) }
        for entry in root["tags"]?.mapping?.entries ?? [] {
            guard let fault = TagRules.fault(key: entry.key, value: tags[entry.key] ?? "") else { continue }
            report(fault, at: entry.keyMark, path / entry.key)
        }
    }

    mutating func cloud() -> CloudSettings? {
        guard let cloud = section("aws", as: PlanDocument.Cloud.self) else { return nil }
        if let zone = cloud.availabilityZone, let region = cloud.region, !zone.value.hasPrefix(region.value) {
            let message = "the zone \(zone.value) is not in the region \(region.value)"
            report(message, at: zone.mark, PlanPath() / "aws" / "availability_zone")
        }
        return CloudSettings(
            region: cloud.region?.value,
            profile: cloud.profile,
            availabilityZone: cloud.availabilityZone?.value,
            instanceProfile: cloud.instanceProfile,
            endpoint: cloud.endpoint
        )
    }

    mutating func image() -> ImageRequest? {
        guard let image = section("image", as: PlanDocument.Image.self) else { return nil }
        return ImageRequest(
            id: image.id,
            pulsarVersion: image.pulsarVersion,
            buildIfMissing: image.buildIfMissing,
            copyFrom: image.copyFrom
        )
    }

    /// The cluster of the plan.
    mutating func cluster() -> ClusterSpec? {
        guard ["cluster", "network", "pulsar", "aws"].allSatisfy({ !faulty.contains($0) }) else { return nil }
        return cluster(in: root)
    }

    /// The cluster of a plan whose values may have been replaced.
    mutating func cluster(in root: Node) -> ClusterSpec? {
        func part<Value: Decodable>(_ name: String, _ type: Value.Type) -> Value? {
            root[name].flatMap { decode(type, from: $0) }
        }
        guard let components = part("cluster", [String: PlanDocument.Component].self),
            let network = part("network", PlanDocument.Network.self),
            let pulsar = part("pulsar", PlanDocument.Pulsar.self),
            let cloud = part("aws", PlanDocument.Cloud.self)
        else { return nil }
        let spec = ClusterSpec(
            name: pulsar.clusterName,
            components: components.mapValues(ClusterSpec.Component.init),
            network: NetworkSpec(
                vpcCIDR: network.vpcCIDR,
                subnetCIDR: network.subnetCIDR,
                allowedSSHCIDRs: network.allowedSSHCIDRs
            ),
            spot: cloud.spot.request,
            settings: [
                "broker": pulsar.broker, "bookkeeper": pulsar.bookkeeper, "zookeeper": pulsar.zookeeper,
            ].filter { !$0.value.isEmpty }
        )
        for fault in system.faults(in: spec) {
            // A path that cannot be read points at the plan as a whole.
            let path = PlanPath(fault.path) ?? PlanPath()
            report(fault.message, at: root.mark(for: path), path)
        }
        return spec
    }

    mutating func limits() -> PlanDocument.Limits? {
        guard let limits = section("limits", as: PlanDocument.Limits.self) else { return nil }
        let path = PlanPath() / "limits"
        let (cell, all) = (limits.cellTimeout, limits.maxDuration)
        if all.value < .seconds(600) { report("expected at least 10m", path / "max_duration") }
        // Four renewals in a lease, each of which may have to wait for a slow reply.
        if limits.unattended.value < .seconds(300) { report("expected at least 5m", path / "unattended") }
        if cell.value > all.value {
            let (cell, all) = (DurationText.text(cell.value), DurationText.text(all.value))
            report("\(cell) is longer than max_duration, which is \(all)", path / "cell_timeout")
        }
        return limits
    }
}

extension ClusterSpec.Component {
    init(_ written: PlanDocument.Component) {
        self.init(
            count: written.count,
            instanceType: written.instanceType,
            heap: written.heap,
            directMemory: written.directMemory,
            storage: written.storage.map {
                VolumeSpec(type: $0.type, sizeGB: $0.sizeGB, iops: $0.iops, throughputMBps: $0.throughputMBps)
            }
        )
    }
}
