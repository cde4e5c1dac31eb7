import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes cells with names that people can read and keys that find the same cell in other experiments.
struct CellMaker {
    private let plan: Plan
    private let timeoutSeconds: Int
    private var specHashes: [Int: String] = [:]
    private var policyHashes: [String: String] = [:]
    private var names: Set<String> = []
    private let driverHash: String
    private var tokens: FactorTokens
    /// Names are directories: what a file system and a terminal take.
    private static let longestName = 80

    init(_ plan: Plan) {
        self.plan = plan
        timeoutSeconds = Int(plan.cellTimeout.components.seconds)
        driverHash = plan.driver.map(Self.hash) ?? ""
        tokens = FactorTokens(paths: plan.runs.first?.variants.first?.factors.map(\.path) ?? [])
    }

    /// The cell of a run under one combination.
    mutating func cell(of run: Plan.Run, _ variant: Plan.Variant) -> Cell {
        let key = key(of: run, variant)
        var name = run.name
        // What the run itself says is in the run's name, if anybody wants it there.
        for factor in variant.factors where !factor.isOwn { name += ".\(tokens.token(of: factor))" }
        if name.utf8.count > Self.longestName || names.contains(name) {
            // Two values may read alike once they are made fit for a name.
            let suffix = StableHash(key, variant.factors.map(\.value).joined(separator: "\n")).hexadecimal.prefix(8)
            name = name.prefix(Self.longestName - 9).trimmed + "-\(suffix)"
        }
        names.insert(name)
        return Cell(
            name: name,
            key: key,
            run: run.name,
            type: run.type,
            policy: run.policy,
            factors: Dictionary(variant.factors.map { ($0.path, $0.value) }) { first, _ in first },
            repetition: 1,
            workload: variant.workload,
            timeoutSeconds: timeoutSeconds
        )
    }

    /// All that makes a cell's numbers comparable. Not the network's addresses, which change nothing, nor versions and
    /// images, which are what people compare.
    private mutating func key(of run: Plan.Run, _ variant: Plan.Variant) -> String {
        let spec = specHashes[variant.spec] ?? Self.hash(of: plan.specs[variant.spec])
        specHashes[variant.spec] = spec
        let policy = policyHashes[run.name] ?? Self.hash(run.policy)
        policyHashes[run.name] = policy
        return StableHash(run.type.rawValue, policy, spec, driverHash, variant.workload.fingerprint).hexadecimal
    }

    private static func hash(of spec: ClusterSpec) -> String {
        var spec = spec
        spec.network = NetworkSpec(vpcCIDR: "", subnetCIDR: "")
        spec.spot = spec.spot == nil ? nil : SpotRequest()
        return hash(spec)
    }

    private static func hash(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // A value type of ours that cannot be encoded would be a defect; it must not make two cells look alike.
        guard let data = try? encoder.encode(value) else { return "\(value)" }
        var hash = StableHash()
        hash.combine(data)
        return hash.hexadecimal
    }
}

extension Workload {
    /// All of the workload as text.
    fileprivate var fingerprint: String {
        let sizes = sizeDistribution?.map { "\($0.from)-\($0.to):\($0.weight)" }.joined(separator: ",") ?? ""
        return """
            \(topics) \(partitionsPerTopic) \(messageSizeBytes) [\(sizes)] \(subscriptionsPerTopic) \(producersPerTopic) \
            \(consumersPerSubscription) \(producerRate ?? 0) \(consumerBacklogSizeGB) \(warmupMinutes) \(testMinutes) \
            \(keyDistributor) \(payloadFile ?? "")\(extraConsumers ? " extra consumers" : "")
            """
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while let last = text.last, last == "." || last == "-" { text.removeLast() }
        return text
    }
}
