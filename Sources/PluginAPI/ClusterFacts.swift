/// What a configured cluster is made of, as its hosts themselves said: what makes numbers comparable, or explains why they differ.
///
/// What a host did not say is nil or absent, and never an empty text.
public struct ClusterFacts: Sendable, Hashable, Codable {
    /// The hosts that answered, in the order of the cluster.
    public var hosts: [HostFacts]

    /// Makes facts.
    public init(hosts: [HostFacts]) { self.hosts = hosts }
}

/// What one host said of itself.
public struct HostFacts: Sendable, Hashable, Codable {
    /// The host's name.
    public var host: String
    /// The component that it runs.
    public var component: String
    /// The EC2 instance id, or whatever the executor addresses it by.
    public var instanceID: String
    /// The AMI that it was booted from, by its own metadata.
    public var image: String?
    /// The instance type, by its own metadata.
    public var instanceType: String?
    /// The processors' model.
    public var cpuModel: String?
    /// How many processors the operating system has.
    public var cpuCount: Int?
    /// The memory, in bytes.
    public var memoryBytes: Int?
    /// The kernel's release.
    public var kernel: String?
    /// The operating system's name and version.
    public var operatingSystem: String?
    /// The JVM's version line.
    public var java: String?
    /// Versions of what is installed, by name: `pulsar`, `openmessaging-benchmark`.
    public var versions: [String: String]
    /// SHA-256 in hexadecimal of what is installed and configured, by path.
    public var hashes: [String: String]
    /// The effective settings by file and key; the values of secrets are masked.
    public var settings: [String: [String: String]]

    /// Makes facts of which nothing is known yet.
    public init(of host: Host) {
        self.host = host.name
        component = host.component
        instanceID = host.instanceID
        versions = [:]
        hashes = [:]
        settings = [:]
    }

    /// Reads what a host printed: a line for each fact, its fields separated by tabs.
    ///
    /// `image`, `instance_type`, `cpu_model`, `cpu_count`, `memory_kib`, `kernel`, `os` and `java` have one value; `version NAME
    /// VALUE`, `hash PATH SHA256` and `setting FILE KEY VALUE` come as often as they like. Other lines, and facts without a
    /// value, are passed over.
    public init(of host: Host, report: String) {
        self.init(of: host)
        for line in report.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count >= 2, let value = fields.last, !value.isEmpty else { continue }
            switch (fields[0], fields.count) {
            case ("image", 2): image = value
            case ("instance_type", 2): instanceType = value
            case ("cpu_model", 2): cpuModel = value
            case ("cpu_count", 2): cpuCount = Int(value)
            case ("memory_kib", 2): memoryBytes = Int(value).map { $0 * 1024 }
            case ("kernel", 2): kernel = value
            case ("os", 2): operatingSystem = value
            case ("java", 2): java = value
            case ("version", 3): versions[fields[1]] = value
            case ("hash", 3): hashes[fields[1]] = value
            case ("setting", 4): settings[fields[1], default: [:]][fields[2]] = value
            default: continue
            }
        }
    }
}
