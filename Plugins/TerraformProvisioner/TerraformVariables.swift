import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The variables of the root module, as `terraform.tfvars.json` has them.
///
/// In JSON, terraform takes a string of a variables file literally: no value of a plan is ever read as HCL.
struct TerraformVariables: Sendable, Hashable, Encodable {
    var name: String
    var region: String
    var emulated: Bool
    var tags: [String: String]
    var availabilityZone: String?
    var vpcCIDR: String
    var subnetCIDR: String
    var allowedSSHCIDRs: [String]
    var imageID: String
    var instanceProfile: String?
    var hosts: [String: Host]

    /// One host.
    struct Host: Sendable, Hashable, Encodable {
        var component: String
        var instanceType: String
        var privateAddress: String
        var userData: String
        var spot: Spot?
        var volume: Volume?

        enum CodingKeys: String, CodingKey {
            case component, spot, volume
            case instanceType = "instance_type"
            case privateAddress = "private_ip"
            case userData = "user_data"
        }
    }

    /// How spot capacity is asked for.
    struct Spot: Sendable, Hashable, Encodable {
        /// In USD an hour; nil for the on-demand price.
        var maxPrice: String?

        enum CodingKeys: String, CodingKey { case maxPrice = "max_price" }
    }

    /// A data volume.
    struct Volume: Sendable, Hashable, Encodable {
        var type: String
        var size: Int
        var iops: Int?
        var throughput: Int?
    }

    enum CodingKeys: String, CodingKey {
        case name, region, emulated, tags, hosts
        case availabilityZone = "availability_zone"
        case vpcCIDR = "vpc_cidr"
        case subnetCIDR = "subnet_cidr"
        case allowedSSHCIDRs = "allowed_ssh_cidrs"
        case imageID = "image_id"
        case instanceProfile = "instance_profile"
    }

    /// The variables for a request.
    ///
    /// - Throws: ``LabError`` when no region is known.
    init(_ request: ProvisionRequest, context: PluginContext) throws {
        guard let region = context.cloud.region else { throw TerraformFailure.noRegion }
        let spot = request.spot.map { Spot(maxPrice: $0.maxPrice.map { "\($0)" }) }
        // IAM's lists carry no tags: a role is found again by its name, which begins with the experiment's id.
        name = context.experiment.rawValue
        self.region = region
        emulated = context.cloud.endpoint != nil
        tags = context.tags
        availabilityZone = context.cloud.availabilityZone
        vpcCIDR = request.network.vpcCIDR
        subnetCIDR = request.network.subnetCIDR
        allowedSSHCIDRs = request.network.allowedSSHCIDRs
        imageID = request.image.id
        instanceProfile = context.cloud.instanceProfile
        hosts = [:]
        for host in request.hosts {
            hosts[host.name] = Host(
                component: host.component,
                instanceType: host.instanceType,
                privateAddress: host.privateAddress,
                userData: host.userData,
                spot: spot,
                volume: host.dataVolume.map {
                    Volume(type: $0.type, size: $0.sizeGB, iops: $0.iops, throughput: $0.throughputMBps)
                }
            )
        }
    }

    /// The file's content, the same for the same variables.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}
