import Document
import PluginAPI

/// One entry of the root module's output `hosts`.
struct HostOutput: Decodable, Sendable {
    var instanceID: String
    var privateAddress: String
    var instanceType: String
    var availabilityZone: String?
    var isSpot: Bool?
    /// The root volume, then the data volume.
    var volumes: [Volume]?

    struct Volume: Decodable, Sendable {
        var id: String
        var type: String
        var size: Int
        var iops: Int?
        var throughput: Int?
    }

    enum CodingKeys: String, CodingKey {
        case volumes
        case instanceID = "instance_id"
        case privateAddress = "private_ip"
        case instanceType = "instance_type"
        case availabilityZone = "availability_zone"
        case isSpot = "is_spot"
    }

    /// The names of a host's volumes in the ledger.
    static func volumeNames(of host: String) -> [String] { ["\(host)/root", "\(host)/data"] }

    /// Reads the output; it may be a user's own module that wrote it.
    ///
    /// - Throws: ``LabError`` that names what is missing.
    static func read(_ outputs: Node?, for hosts: [HostSpec]) throws -> [(spec: HostSpec, output: HostOutput)] {
        func refuse(_ cause: String) -> LabError {
            LabError(
                .provisioning,
                "the module's output `hosts` does not say where the hosts are",
                cause: cause,
                hint: "give it an entry for each host: instance_id, private_ip, instance_type, availability_zone"
            )
        }
        guard let value = outputs?["hosts"]?["value"] else { throw refuse("there is no such output") }
        return try hosts.map { spec in
            guard let node = value[spec.name] else { throw refuse("\(spec.name) is missing") }
            do {
                return (spec, try NodeDecoder().decode(HostOutput.self, from: node))
            } catch {
                throw refuse("\(spec.name): \(error)")
            }
        }
    }

    /// The host as the engine knows it.
    func host(_ spec: HostSpec) -> Host {
        Host(
            name: spec.name,
            component: spec.component,
            instanceID: instanceID,
            privateAddress: privateAddress,
            instanceType: instanceType,
            availabilityZone: availabilityZone,
            isSpot: isSpot ?? false
        )
    }

    /// The host's volumes for the ledger: they came with the instance, and are billed by themselves.
    func resources(_ spec: HostSpec) -> [Resource] {
        zip(HostOutput.volumeNames(of: spec.name), volumes ?? []).map { name, volume in
            var attributes = [
                "component": spec.component, "volumeType": volume.type, "sizeGB": String(volume.size),
            ]
            attributes["availabilityZone"] = availabilityZone
            if let iops = volume.iops, iops > 0 { attributes["iops"] = String(iops) }
            if let throughput = volume.throughput, throughput > 0 {
                attributes["throughputMBps"] = String(throughput)
            }
            return Resource(kind: "volume", id: volume.id, name: name, attributes: attributes)
        }
    }
}
