import PluginAPI

/// A resource of the experiment that is still there, with what deleting it takes.
struct Leftover: Sendable, Hashable {
    var resource: Resource
    /// The entry of the describe call; nil for IAM.
    var node: XMLNode?
    /// Its tags; empty for an IAM entry of the ledger, which is ours without being asked for them.
    var tags: [String: String] = [:]

    /// The resource with the facts that its price depends on, as the ledger would have them.
    var billable: Resource {
        guard let node else { return resource }
        var facts: [String: String] = [:]
        facts["component"] = tags["Component"]
        switch resource.kind {
        case "instance":
            facts["instanceType"] = node.text("instanceType")
            facts["lifecycle"] = node.text("instanceLifecycle") == "spot" ? "spot" : "on-demand"
            facts["availabilityZone"] = node.text("placement", "availabilityZone")
            facts["tenancy"] = node.text("placement", "tenancy")
            if node.text("ipAddress") != nil { facts["publicAddress"] = "true" }
        case "volume":
            facts["volumeType"] = node.text("volumeType")
            facts["sizeGB"] = node.text("size")
            facts["iops"] = node.text("iops")
            facts["throughputMBps"] = node.text("throughput")
        default: return resource
        }
        return Resource(kind: resource.kind, id: resource.id, name: resource.name, attributes: facts)
    }

    /// Kind and id: what makes two of them the same thing.
    var key: Key { Key(kind: resource.kind, id: resource.id) }

    struct Key: Hashable, Sendable {
        var kind: String
        var id: String
    }
}

extension Resource {
    var key: Leftover.Key { Leftover.Key(kind: kind, id: id) }
}
