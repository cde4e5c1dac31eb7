/// What a host can do, guessed from its instance type.
///
/// The figures are rounded from what AWS publishes, per vCPU where they grow with size. A burstable host is taken to
/// have credits for the length of a test.
struct InstanceClass: Equatable {
    /// Virtual processors.
    var processors: Double
    /// Network, in bytes a second each way.
    var network: Double
    /// Sequential writes that reach the disk, in bytes a second.
    var disk: Double
    /// How long a write takes until it is safe, in milliseconds.
    var syncMs: Double

    /// Reads a type such as `m6i.xlarge`; of an unknown family only the size is taken.
    init(_ type: String) {
        let parts = type.split(separator: ".", maxSplits: 1)
        let family = parts.first ?? ""
        let size = parts.count == 2 ? parts[1] : "large"
        processors = Self.processors(size)
        let traits = family.drop { !$0.isNumber }.dropFirst()
        switch family.first {
        case "t":
            // Credits run out sooner the smaller the host.
            let share = Self.burstShare[String(size)] ?? 1
            network = 62.5e6 * share * 2
            disk = 60e6 * share
            syncMs = 2
        case "i", "d":
            network = Self.gigabit(0.6) * processors
            disk = 180e6 * processors / 2
            syncMs = 0.15
        default:
            network = Self.gigabit(traits.contains("n") ? 1.5 : 0.4) * processors
            disk = min(40e6 * processors, 1000e6)
            syncMs = 1
        }
        // A local NVMe disk does not cross the network to be safe.
        if traits.contains("d") {
            disk = max(disk, 120e6 * processors / 2)
            syncMs = 0.2
        }
    }

    private static let burstShare = ["nano": 0.25, "micro": 0.5, "small": 1, "medium": 1.5, "large": 2.5]

    private static func gigabit(_ count: Double) -> Double { count * 125e6 }

    private static func processors(_ size: Substring) -> Double {
        switch size {
        case "nano", "micro", "small", "medium", "large": 2
        case "xlarge": 4
        default:
            if size.hasSuffix("xlarge"), let factor = Double(size.dropLast("xlarge".count)), factor > 0 {
                factor * 4
            } else if size.hasPrefix("metal") {
                Double(size.drop { !$0.isNumber }.dropLast("xl".count)).map { $0 * 4 } ?? 96
            } else {
                2
            }
        }
    }
}
