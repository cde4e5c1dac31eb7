public import PluginAPI

/// What goes into an image: the options of ``PacerBuilder``. The version of Pulsar is the plan's.
public struct ImageRecipe: PluginOptions, Hashable, Encodable {
    /// The package that brings Java.
    public var java = "java-17-amazon-corretto-headless"
    /// Where Pulsar's archive is; nil for Apache's own archive of releases.
    public var pulsarURL: String?
    /// The archive's SHA-512; nil for the release's file beside it.
    public var pulsarSHA512: String?
    /// The commit of OpenMessaging Benchmark that is built on the instance.
    public var benchmarkCommit = Self.benchmarkCommit
    /// Where the commit is.
    public var benchmarkRepository = "https://github.com/openmessaging/benchmark"
    /// An archive of it that somebody built; it takes the commit's place.
    public var benchmarkURL: String?
    /// That archive's SHA-256.
    public var benchmarkSHA256: String?
    /// How the base image is named.
    public var baseName = "al2023-ami-2023.*-kernel-6.1-*"
    /// Who owns the base image.
    public var baseOwner = "amazon"
    /// The processors that it is for.
    public var architecture = "x86_64"
    /// The instance that it is built on.
    public var instanceType: String
    /// The size of its root disk in GiB.
    public var rootGB = 16
    /// Whether its disk is encrypted.
    public var encrypted = false
    /// The subnet of that instance; nil for the default VPC's.
    public var subnet: String?
    /// A script of the user's own, run as root before the image is cleaned.
    public var script: String?

    private static let benchmarkCommit = "4146aaaded388d3f6c6110d8f062555220e6dc1a"
    private static let url = Schema.string(pattern: "(https?|file)://[A-Za-z0-9._~:/?@!$&*+,;=%-]+", what: "a URL")

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "java",
            .string(pattern: "java-[0-9]{2}-[a-z0-9.-]+", what: "a package such as java-17-amazon-corretto-headless"),
            "The package that brings Java.",
            default: "java-17-amazon-corretto-headless"
        ),
        Schema.Key("pulsar_url", url, "Pulsar's archive, instead of Apache's own archive of releases."),
        Schema.Key(
            "pulsar_sha512",
            .string(pattern: "[0-9a-fA-F]{128}", what: "a SHA-512 in hexadecimal"),
            "What the archive must be; without it, what the release's .sha512 file says."
        ),
        Schema.Key(
            "benchmark_commit",
            .string(pattern: "[0-9a-f]{40}", what: "a commit's 40 hexadecimal digits"),
            "The commit of OpenMessaging Benchmark to build.",
            default: benchmarkCommit
        ),
        Schema.Key(
            "benchmark_repository",
            url,
            "Where the commit is.",
            default: "https://github.com/openmessaging/benchmark"
        ),
        Schema.Key("benchmark_url", url, "An archive of OpenMessaging Benchmark that is built already."),
        Schema.Key(
            "benchmark_sha256",
            .string(pattern: "[0-9a-fA-F]{64}", what: "a SHA-256 in hexadecimal"),
            "What that archive must be; needed with benchmark_url."
        ),
        Schema.Key(
            "base_name",
            .string(pattern: "[A-Za-z0-9()\\[\\]._/*?@'-]{3,128}", what: "an image's name, with * and ?"),
            "The base image's name; the newest is taken.",
            default: "al2023-ami-2023.*-kernel-6.1-*"
        ),
        Schema.Key(
            "base_owner",
            .string(pattern: "amazon|self|[0-9]{12}", what: "amazon, self or an account"),
            "Who owns the base image.",
            default: "amazon"
        ),
        Schema.Key("architecture", .oneOf(["x86_64", "arm64"]), "The processors it is for.", default: "x86_64"),
        Schema.Key(
            "instance_type",
            .string(pattern: "[a-z][a-z0-9-]*\\.[a-z0-9-]+", what: "an instance type such as c6i.large"),
            "The instance that it is built on; c6i.large otherwise, or c6g.large for arm64."
        ),
        Schema.Key("root_gb", .integer(8...1000), "The size of its root disk in GiB.", default: "16"),
        Schema.Key("encrypted", .boolean, "Whether its disk is encrypted.", default: "false"),
        Schema.Key(
            "subnet",
            .string(pattern: "subnet-[0-9a-f]{8,17}", what: "a subnet's id"),
            "Where it is built; the default VPC otherwise."
        ),
        Schema.Key("script", .string(), "A bash script of your own, run as root before the image is cleaned."),
    ]

    /// A recipe of nothing but defaults.
    public init() { instanceType = Self.instanceType(for: architecture) }

    /// Reads options, each with its default.
    public init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, into value: inout Value) throws {
            value = try container.decodeIfPresent(Value.self, forKey: key) ?? value
        }
        func readOptional(_ key: CodingKeys, into value: inout String?) throws {
            value = try container.decodeIfPresent(String.self, forKey: key)
        }
        try read(.java, into: &java)
        try readOptional(.pulsarURL, into: &pulsarURL)
        try readOptional(.pulsarSHA512, into: &pulsarSHA512)
        try read(.benchmarkCommit, into: &benchmarkCommit)
        try read(.benchmarkRepository, into: &benchmarkRepository)
        try readOptional(.benchmarkURL, into: &benchmarkURL)
        try readOptional(.benchmarkSHA256, into: &benchmarkSHA256)
        try read(.baseName, into: &baseName)
        try read(.baseOwner, into: &baseOwner)
        try read(.architecture, into: &architecture)
        instanceType = Self.instanceType(for: architecture)
        try read(.instanceType, into: &instanceType)
        try read(.rootGB, into: &rootGB)
        try read(.encrypted, into: &encrypted)
        try readOptional(.subnet, into: &subnet)
        try readOptional(.script, into: &script)
    }

    /// Refuses what contradicts itself.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/invalidPlan``.
    public func check() throws {
        guard (benchmarkURL == nil) == (benchmarkSHA256 == nil) else {
            throw LabError(
                .invalidPlan,
                "the image options benchmark_url and benchmark_sha256 go together",
                hint: "give both, or neither to build a commit"
            )
        }
    }

    /// Where Pulsar's archive is for a version.
    func pulsarURL(of version: String) -> String {
        pulsarURL ?? "https://archive.apache.org/dist/pulsar/pulsar-\(version)/apache-pulsar-\(version)-bin.tar.gz"
    }

    /// The version of Java that the package brings: `17`.
    var javaVersion: String { java.split(separator: "-").dropFirst().first.map(String.init) ?? "" }

    /// Whether nothing but the place where it is built differs from the defaults.
    var hasStandardContent: Bool {
        var other = self
        let standard = ImageRecipe()
        (other.instanceType, other.subnet) = (standard.instanceType, nil)
        return other == standard
    }

    private static func instanceType(for architecture: String) -> String {
        architecture == "arm64" ? "c6g.large" : "c6i.large"
    }

    enum CodingKeys: String, CodingKey {
        case java, architecture, encrypted, subnet, script
        case pulsarURL = "pulsar_url"
        case pulsarSHA512 = "pulsar_sha512"
        case benchmarkCommit = "benchmark_commit"
        case benchmarkRepository = "benchmark_repository"
        case benchmarkURL = "benchmark_url"
        case benchmarkSHA256 = "benchmark_sha256"
        case baseName = "base_name"
        case baseOwner = "base_owner"
        case instanceType = "instance_type"
        case rootGB = "root_gb"
    }
}
