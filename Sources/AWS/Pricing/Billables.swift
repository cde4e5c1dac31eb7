public import PluginAPI

/// What of a cluster costs money, before it exists.
public enum Billables {
    /// How large the root disk of LabHost's images is, in GiB; another image's may be larger.
    static let rootGB = 8

    /// The instances of a request with their public addresses, and their disks.
    ///
    /// - Parameters:
    ///   - request: What is to be created.
    ///   - zone: The availability zone; nil when EC2 chooses.
    ///   - tenancy: `default` or `dedicated`.
    /// - Returns: The resources, with the attributes that the ledger will have; a root disk's size is assumed, and says so.
    public static func of(_ request: ProvisionRequest, zone: String?, tenancy: String = "default") -> [Resource] {
        request.hosts.flatMap { host -> [Resource] in
            var facts = ["component": host.component]
            facts["availabilityZone"] = zone
            var instance = facts
            instance["instanceType"] = host.instanceType
            instance["lifecycle"] = request.spot == nil ? "on-demand" : "spot"
            instance["publicAddress"] = "true"
            if tenancy != "default" { instance["tenancy"] = tenancy }
            let root = ["volumeType": "gp3", "sizeGB": String(rootGB), "assumed": "true"]
            var resources = [
                Resource(kind: "instance", id: "", name: host.name, attributes: instance),
                Resource(kind: "volume", id: "", name: "\(host.name)/root", attributes: facts.merging(root) { $1 }),
            ]
            if let disk = host.dataVolume {
                var volume = facts
                volume["volumeType"] = disk.type
                volume["sizeGB"] = String(disk.sizeGB)
                volume["iops"] = disk.iops.map { String($0) }
                volume["throughputMBps"] = disk.throughputMBps.map { String($0) }
                resources.append(Resource(kind: "volume", id: "", name: "\(host.name)/data", attributes: volume))
            }
            return resources
        }
    }
}
