import Foundation
import PluginAPI
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

@testable import PacerBuilder

/// The real packer on everything that can be written for it.
struct PackerTests {
    @Test(arguments: [false, true]) func `packer accepts what is written for it`(_ isRich: Bool) async throws {
        let home = try TemporaryDirectory()
        var recipe = ImageRecipe()
        var access = BuildAccess.Made(profile: "exp-1-image", group: "sg-0123456789abcdef0", resources: [])
        var tags = ["Project": "labhost"]
        if isRich {
            recipe.architecture = "arm64"
            recipe.instanceType = "c6g.large"
            recipe.encrypted = true
            recipe.rootGB = 1000
            recipe.subnet = "subnet-0123456789abcdef0"
            access.profile = "their own"
            // What would be HCL if it were ever read as HCL.
            tags["Note"] = #"${uuidv4()} %{ if true } "quoted" \ # // ${build.ID}"#
        }
        let http = FakeHTTP { _ in
            let xml =
                "<R><imagesSet><item><imageId>ami-0123456789abcdef0</imageId><name>n</name></item></imagesSet></R>"
            return HTTPResponse(status: 200, body: Array(xml.utf8))
        }
        let context = PluginContext.fake(directory: home.path, tags: tags, http: http)
        let blueprint = try await ImageBlueprint(recipe, version: "3.0.0", context: context)
        let temporary = TemporaryInstance(context, lifetime: .seconds(600))
        let variables = PackerVariables(
            blueprint,
            recipe,
            access,
            runTags: temporary.context.tags,
            tags: tags,
            endpoint: isRich ? nil : "http://127.0.0.1:1",
            process: 1
        )
        let files: [String: [UInt8]] = [
            "image.pkr.hcl": ProvisioningFiles.template, "handover.sh": ProvisioningFiles.handover,
            "user-data.sh": Array(temporary.userData.utf8), "image.pkrvars.json": try variables.encoded(),
        ]
        for (name, content) in files { try LocalFile.write(content, to: home.path.appending(name)) }
        let outcome = try await Subprocess.run(
            .name("packer"),
            arguments: ["validate", "-var-file=image.pkrvars.json", "."],
            environment: .inherit.updating([
                "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "CHECKPOINT_DISABLE": "1",
                "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
            ]),
            workingDirectory: home.path,
            output: .string(limit: 1 << 16),
            error: .string(limit: 1 << 16)
        )
        #expect(outcome.terminationStatus == .exited(0), "\(outcome.standardOutput)\n\(outcome.standardError)")
    }
}
