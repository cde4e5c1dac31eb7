public import PluginAPI

/// The options of ``OMBRunner``.
public struct OMBOptions: PluginOptions {
    /// Where OMB is installed on the client.
    public var home: String
    /// Where the runs' directories are made on the client.
    public var results: String
    /// Which of them the plan names, so that a cluster does not know better.
    private var isHomeGiven = false
    private var isResultsGiven = false
    /// OMB's heap, as `-Xmx` takes it; nil for half of the client's memory, at most 4 GiB.
    public var heap: String?

    /// The keys in a plan.
    public static let schema: [Schema.Key] = [
        Schema.Key(
            "home",
            .string(pattern: path, what: "an absolute path"),
            "Where OMB is installed on the client.",
            default: defaultHome
        ),
        Schema.Key(
            "results",
            .string(pattern: path, what: "an absolute path"),
            "The directory on the client in which each run gets one of its own.",
            default: defaultResults
        ),
        Schema.Key(
            "heap",
            .string(pattern: "[1-9][0-9]*[kKmMgG]", what: "a size as -Xmx takes it, such as 4G"),
            "OMB's heap; without it half of the client's memory, at most 4 GiB."
        ),
    ]

    // OMB's launcher passes its arguments on unquoted: no character that a shell would act on.
    private static let path = "/[A-Za-z0-9._/-]+"
    private static let defaultHome = "/opt/openmessaging-benchmark"
    private static let defaultResults = "/opt/benchmark-results"

    /// Makes the default options.
    public init() {
        home = Self.defaultHome
        results = Self.defaultResults
    }

    /// Reads options, each with its default.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let given = try (
            home: container.decodeIfPresent(String.self, forKey: .home),
            results: container.decodeIfPresent(String.self, forKey: .results)
        )
        (home, isHomeGiven) = (given.home ?? Self.defaultHome, given.home != nil)
        (results, isResultsGiven) = (given.results ?? Self.defaultResults, given.results != nil)
        heap = try container.decodeIfPresent(String.self, forKey: .heap)
    }

    /// The options for a cluster that has things in places of its own.
    func on(_ cluster: Cluster) -> OMBOptions {
        var options = self
        if let home = cluster.paths?.benchmark, !isHomeGiven { options.home = home }
        if let results = cluster.paths?.results, !isResultsGiven { options.results = results }
        return options
    }

    private enum CodingKeys: String, CodingKey {
        case home, results, heap
    }
}
