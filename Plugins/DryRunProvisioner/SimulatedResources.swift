import PluginAPI

/// What a cluster on AWS would consist of, in the order in which it would be created.
struct SimulatedResources {
    /// The resources, with ids that look real and are the same each time for one experiment.
    let all: [Resource]

    /// Where it would be when nothing names a region.
    static let region = "us-west-2"

    /// Lists what the request needs, as the terraform modules would create it.
    init(for request: ProvisionRequest, experiment: ExperimentID, cloud: CloudSettings) {
        let zone = cloud.availabilityZone ?? (cloud.region ?? Self.region) + "a"
        var resources: [Resource] = []
        func add(_ kind: String, _ name: String, _ attributes: [String: String] = [:]) {
            var attributes = attributes
            attributes["simulated"] = "true"
            let id = Self.id(of: kind, name, in: experiment)
            resources.append(Resource(kind: kind, id: id, name: name, attributes: attributes))
        }

        add("vpc", "\(experiment)-vpc", ["cidr": request.network.vpcCIDR])
        add("internet-gateway", "\(experiment)-gateway")
        add("subnet", "\(experiment)-subnet", ["cidr": request.network.subnetCIDR, "availabilityZone": zone])
        add("route-table", "\(experiment)-routes")
        add("security-group", "\(experiment)-cluster")
        if cloud.instanceProfile == nil {
            add("iam-role", "\(experiment)-host")
            add("iam-instance-profile", "\(experiment)-host")
        }
        for host in request.hosts {
            let facts = ["component": host.component, "availabilityZone": zone]
            var instance = facts
            instance["instanceType"] = host.instanceType
            instance["lifecycle"] = request.spot == nil ? "on-demand" : "spot"
            instance["publicAddress"] = "true"
            add("instance", host.name, instance)
            add("volume", "\(host.name)/root", facts.merging(["volumeType": "gp3", "sizeGB": "8"]) { $1 })
            guard let disk = host.dataVolume else { continue }
            var volume = facts
            volume["volumeType"] = disk.type
            volume["sizeGB"] = String(disk.sizeGB)
            if let iops = disk.iops { volume["iops"] = String(iops) }
            if let throughput = disk.throughputMBps { volume["throughputMBps"] = String(throughput) }
            add("volume", "\(host.name)/data", volume)
        }
        all = resources
    }

    /// An id in the form that AWS gives to a resource of the kind.
    static func id(of kind: String, _ name: String, in experiment: ExperimentID) -> String {
        let prefixes = [
            "instance": "i", "volume": "vol", "vpc": "vpc", "subnet": "subnet", "security-group": "sg",
            "internet-gateway": "igw", "route-table": "rtb",
        ]
        // IAM's resources go by their names.
        guard let prefix = prefixes[kind] else { return name }
        return "\(prefix)-0\(StableHash(experiment.rawValue, kind, name).hexadecimal)"
    }
}
