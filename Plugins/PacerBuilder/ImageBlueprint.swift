import AWS
public import PluginAPI
import SystemPackage

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An image that could be built, with everything decided: nothing of it is looked up again.
public struct ImageBlueprint: Sendable, Hashable, Encodable {
    /// The image's name, new for each build.
    public let name: String
    /// What all such names have in common, in the wildcards of EC2's filters.
    static let namePattern = "pulsar-*-????????-??????-????????"
    /// The region.
    public let region: String
    /// The version of Pulsar.
    public let pulsarVersion: String
    /// The base image.
    public let baseImage: String
    /// The base image's name.
    public let baseImageName: String
    /// The content key.
    public let key: ContentKey
    /// The key of the recipe alone, whatever the base image.
    public let recipeKey: ContentKey
    /// The commit, or the digest, of OpenMessaging Benchmark.
    public let benchmark: String
    /// When the build begins, in ISO 8601.
    public let builtAt: String

    /// The device of the base image's root disk.
    let rootDevice: String
    /// The files that make the image of its base, the user's own script included.
    let files: [String: [UInt8]]

    private enum CodingKeys: String, CodingKey {
        case name, region, pulsarVersion, baseImage, baseImageName, key, recipeKey, benchmark, builtAt
    }

    /// Decides everything.
    ///
    /// - Parameters:
    ///   - recipe: What goes in.
    ///   - version: The version of Pulsar.
    ///   - context: The region, and the time.
    /// - Throws: ``LabError`` when the base image, or the user's script, is not there.
    public init(_ recipe: ImageRecipe, version: String, context: PluginContext) async throws {
        try recipe.check()
        region = try AWSClient(context).region
        let base = try await Self.base(of: recipe, context)
        baseImage = base.id
        baseImageName = base.name
        rootDevice = base.rootDevice ?? "/dev/xvda"
        pulsarVersion = version
        benchmark = recipe.benchmarkSHA256.map { "sha256:\($0.lowercased())" } ?? recipe.benchmarkCommit
        files = try Self.files(of: recipe)
        let parts = Self.parts(of: recipe, version: version, files: files)
        recipeKey = ContentKey(parts)
        key = ContentKey(parts.merging(["base image": Array(base.id.utf8)]) { $1 })
        let now = context.clock.now()
        builtAt = now.formatted(.iso8601)
        let stamp = builtAt.filter { $0.isNumber }
        name = "pulsar-\(version)-\(stamp.prefix(8))-\(stamp.dropFirst(8).prefix(6))-\(key.text.prefix(8))"
    }

    /// The key of a recipe, whatever the base image.
    ///
    /// - Throws: ``LabError`` when the user's script is not there.
    static func recipeKey(of recipe: ImageRecipe, version: String) throws -> ContentKey {
        ContentKey(parts(of: recipe, version: version, files: try files(of: recipe)))
    }

    /// What the recipe's key is made of. Where and on what it is built changes nothing of what is in it.
    static func parts(of recipe: ImageRecipe, version: String, files: [String: [UInt8]]) -> [String: [UInt8]] {
        let words: [String: String] = [
            "pulsar version": version,
            "pulsar url": recipe.pulsarURL(of: version),
            "pulsar sha512": recipe.pulsarSHA512?.lowercased() ?? "",
            "java": recipe.java,
            "benchmark": recipe.benchmarkSHA256?.lowercased() ?? recipe.benchmarkCommit,
            "base name": recipe.baseName,
            "base owner": recipe.baseOwner,
            "architecture": recipe.architecture,
            "root size": String(recipe.rootGB),
            "encrypted": String(recipe.encrypted),
        ]
        return words.mapValues { Array($0.utf8) }
            .merging(files.map { ("file \($0.key)", $0.value) }) { $1 }
    }

    private static func files(of recipe: ImageRecipe) throws -> [String: [UInt8]] {
        var files = ProvisioningFiles.all
        guard let path = recipe.script else { return files }
        guard let content = try LocalFile.read(.init(path)) else {
            throw LabError(.preflight, "there is no script \(path)", hint: "correct the image option `script`")
        }
        guard content.count <= 1 << 20 else {
            throw LabError(.preflight, "the script \(path) is larger than 1 MiB", hint: "let it fetch what it needs")
        }
        files["own.sh"] = content
        return files
    }

    private static func base(of recipe: ImageRecipe, _ context: PluginContext) async throws -> EC2Image {
        let filters: [QueryParameters.Filter] = [
            .init("name", [recipe.baseName]), .init("architecture", [recipe.architecture]),
            .init("state", ["available"]),
        ]
        do {
            let found = try await EC2(context).images(owner: recipe.baseOwner, filters)
            guard let base = found.first else {
                throw LabError(
                    .preflight,
                    "no \(recipe.architecture) image of \(recipe.baseOwner) is named \(recipe.baseName)",
                    hint: "correct the image options base_name and base_owner"
                )
            }
            return base
        } catch {
            throw LabError(aws: error, .preflight, while: "looking for the base image")
        }
    }

    /// The tags of the image and of its snapshots.
    func imageTags(_ tags: [String: String]) -> [String: String] {
        // What makes a thing a leftover of an experiment must not be on what is meant to stay.
        var all = tags
        for name in ["ExperimentID", "ExpiresAt", "Temporary", "Component"] { all[name] = nil }
        return all.merging([
            "Name": name, ImageTags.pulsarVersion: pulsarVersion, ImageTags.key: key.text,
            ImageTags.recipe: recipeKey.text, ImageTags.baseImage: baseImage, ImageTags.benchmark: benchmark,
            ImageTags.builtAt: builtAt,
        ]) { $1 }
    }

    /// What the scripts are told, as bash reads it.
    func settings(_ recipe: ImageRecipe) -> [UInt8] {
        let words: [(String, String)] = [
            ("IMAGE_NAME", name), ("IMAGE_KEY", key.text), ("IMAGE_RECIPE", recipeKey.text),
            ("BASE_IMAGE", baseImage), ("BUILT_AT", builtAt),
            ("JAVA_PACKAGE", recipe.java), ("JAVA_VERSION", recipe.javaVersion),
            ("PULSAR_VERSION", pulsarVersion), ("PULSAR_URL", recipe.pulsarURL(of: pulsarVersion)),
            ("PULSAR_SHA512", recipe.pulsarSHA512 ?? ""),
            ("BENCHMARK_URL", recipe.benchmarkURL ?? ""), ("BENCHMARK_SHA256", recipe.benchmarkSHA256 ?? ""),
            ("BENCHMARK_COMMIT", recipe.benchmarkCommit), ("BENCHMARK_REPOSITORY", recipe.benchmarkRepository),
        ]
        return Array(words.map { "\($0)=\(Shell.quoted($1))\n" }.joined().utf8)
    }
}
