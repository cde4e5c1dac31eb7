import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The variables of the template, as `image.pkrvars.json` has them.
///
/// In JSON packer takes a string of a variables file literally: no value of a plan is ever read as HCL.
struct PackerVariables: Encodable {
    var region: String
    var endpoint: String
    var emulated: Bool
    var name: String
    var description: String
    var sourceImage: String
    var sourceFilters: [String: String]
    var sourceOwner: String
    var instanceType: String
    var instanceProfile: String
    var subnet: String
    var securityGroup: String
    var rootDevice: String
    var rootGB: Int
    var encrypted: Bool
    var runTags: [String: String]
    var imageTags: [String: String]
    var ownerProcess: String

    enum CodingKeys: String, CodingKey {
        case region, endpoint, emulated, name, description, subnet, encrypted
        case sourceImage = "source_image"
        case sourceFilters = "source_filters"
        case sourceOwner = "source_owner"
        case instanceType = "instance_type"
        case instanceProfile = "instance_profile"
        case securityGroup = "security_group"
        case rootDevice = "root_device"
        case rootGB = "root_gb"
        case runTags = "run_tags"
        case imageTags = "image_tags"
        case ownerProcess = "owner_process"
    }

    /// The variables of one build.
    init(
        _ blueprint: ImageBlueprint,
        _ recipe: ImageRecipe,
        _ access: BuildAccess.Made,
        runTags: [String: String],
        tags: [String: String],
        endpoint: String?,
        process: Int32
    ) {
        region = blueprint.region
        self.endpoint = endpoint ?? ""
        emulated = endpoint != nil
        name = blueprint.name
        description = "Apache Pulsar \(blueprint.pulsarVersion) for LabHost"
        sourceImage = blueprint.baseImage
        sourceFilters = ["name": recipe.baseName, "architecture": recipe.architecture]
        sourceOwner = recipe.baseOwner
        instanceType = recipe.instanceType
        instanceProfile = access.profile
        subnet = recipe.subnet ?? ""
        securityGroup = access.group
        rootDevice = blueprint.rootDevice
        rootGB = recipe.rootGB
        encrypted = recipe.encrypted
        self.runTags = runTags
        imageTags = blueprint.imageTags(tags)
        ownerProcess = String(process)
    }

    /// The file's content, the same for the same variables.
    func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }
}
