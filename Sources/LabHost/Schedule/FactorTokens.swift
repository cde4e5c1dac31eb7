/// Short words for the values of a matrix, as they stand in cells' names: `msg4096`, `m6i-xlarge`, `broker3`.
struct FactorTokens {
    private let prefixes: [String: String]
    private var known: [Plan.Factor: String] = [:]

    /// Chooses the words for a matrix's paths: a component is named where another one has the same key.
    init(paths: [String]) {
        var prefixes: [String: String] = [:]
        for path in paths {
            let parts = path.split(separator: ".").map(String.init)
            let key = parts.last ?? path
            let isShared = paths.contains { $0 != path && $0.hasSuffix(".\(key)") }
            prefixes[path] =
                switch parts.first {
                case "workload": Self.workload[key] ?? Self.initials(of: key)
                case "cluster" where parts.count > 2: Self.cluster(parts[1], key, isShared: isShared)
                case "pulsar" where parts.count > 2: (isShared ? "\(parts[1])-" : "") + Self.initials(of: key)
                default: key == "spot" ? "" : Self.initials(of: key)
                }
        }
        self.prefixes = prefixes
    }

    /// The word for one value.
    mutating func token(of factor: Plan.Factor) -> String {
        if let token = known[factor] { return token }
        let token = makeToken(of: factor)
        known[factor] = token
        return token
    }

    private func makeToken(of factor: Plan.Factor) -> String {
        if factor.path == "aws.spot" { return factor.value == "false" ? "on-demand" : "spot" }
        return (prefixes[factor.path] ?? "") + Slug.make(factor.value)
    }

    private static let workload = [
        "topics": "topics", "partitions_per_topic": "part", "message_size": "msg", "subscriptions_per_topic": "subs",
        "producers_per_topic": "prod", "consumers_per_topic": "cons", "consumer_backlog_size_gb": "backlog",
        "test_duration_minutes": "min", "warmup_duration_minutes": "warm", "key_distributor": "",
        "payload_file": "", "message_size_distribution": "sizes", "extra_consumers": "extra-",
    ]

    private static func cluster(_ component: String, _ key: String, isShared: Bool) -> String {
        switch key {
        case "instance_type": isShared ? "\(component)-" : ""
        case "count": component
        default: "\(component)-\(key.split(separator: "_").joined(separator: "-"))"
        }
    }

    /// The first letters of a key's words: `managedLedgerCacheSizeMB` is `mlcsm`.
    private static func initials(of key: String) -> String {
        var letters = ""
        var previous: Character = "_"
        for character in key {
            let begins = previous == "_" || previous == "." || character.isUppercase && !previous.isUppercase
            if begins, character.isASCII, character.isLetter { letters += character.lowercased() }
            previous = character
        }
        return letters
    }
}
