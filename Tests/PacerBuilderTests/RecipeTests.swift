import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import PacerBuilder

/// What decides which image it is, and what does not.
struct RecipeTests {
    private func key(_ version: String = "3.0.0", _ change: (inout ImageRecipe) -> Void = { _ in }) throws -> ContentKey
    {
        var recipe = ImageRecipe()
        change(&recipe)
        return try ImageBlueprint.recipeKey(of: recipe, version: version)
    }

    @Test func `what is in the image changes its key`() throws {
        let keys = try [
            key(), key("3.0.1"), key { $0.java = "java-21-amazon-corretto-headless" },
            key { $0.pulsarURL = "https://mirror.example/pulsar.tar.gz" }, key { $0.benchmarkCommit = "0" },
            key { $0.architecture = "arm64" }, key { $0.rootGB = 20 }, key { $0.encrypted = true },
            key { $0.baseName = "ubuntu*" }, key { $0.benchmarkSHA256 = "ab" },
        ]
        #expect(Set(keys).count == keys.count)
    }

    @Test func `where and on what it is built does not`() throws {
        #expect(try key() == key { ($0.instanceType, $0.subnet) = ("m7i.large", "subnet-12345678") })
        #expect(try key { $0.benchmarkSHA256 = "AB" } == key { $0.benchmarkSHA256 = "ab" })
    }

    @Test func `the user's own script is content`() throws {
        let home = try TemporaryDirectory()
        let path = home.path.appending("own.sh")
        try LocalFile.write(Array("echo one\n".utf8), to: path)
        let one = try key { $0.script = path.string }
        try LocalFile.write(Array("echo two\n".utf8), to: path)
        #expect(try one != key { $0.script = path.string })
        let error = #expect(throws: LabError.self) { try key { $0.script = "/nonexistent/own.sh" } }
        #expect(error?.code == .preflight)
    }

    @Test func `only another place or machine leaves the content standard`() {
        var recipe = ImageRecipe()
        recipe.subnet = "subnet-12345678"
        #expect(recipe.hasStandardContent)
        recipe.rootGB = 20
        #expect(!recipe.hasStandardContent)
    }

    @Test func `an archive of the benchmark needs its digest`() {
        var recipe = ImageRecipe()
        recipe.benchmarkURL = "https://mirror.example/omb.tar.gz"
        let error = #expect(throws: LabError.self) { try recipe.check() }
        #expect(error?.code == .invalidPlan)
    }

    @Test func `files travel in commands that Systems Manager takes`() throws {
        var state: UInt64 = 1
        let noise = (0..<100_000).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        let commands = try ProvisioningFiles.transfer(ProvisioningFiles.all.merging(["own.sh": noise]) { $1 })
        #expect(commands.count > 1)
        for command in commands {
            #expect(command.utf8.count < 60_000)
            #expect(!command.contains("{{"), "Systems Manager would take it for a parameter")
        }
    }
}
