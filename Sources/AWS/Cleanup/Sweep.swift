public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Finds and deletes what experiments left behind in a region, whoever began them and wherever.
///
/// Only what carries `Project` and `ExperimentID` is looked at: the tags that every create call sets. Deleting is
/// ``Cleanup``'s, an experiment at a time.
public struct Sweep: Sendable {
    /// What is there of one experiment.
    public struct Remains: Sendable, Hashable, Codable {
        /// The experiment.
        public var experiment: ExperimentID
        /// Where.
        public var region: String
        /// What is there.
        public var resources: [Resource]
        /// How many instances of each type run.
        public var instanceTypes: [String: Int]
        /// When the oldest of it was made; where nothing says so when the experiment was, and nil when its name does not say either.
        public var createdAt: Date?
        /// The latest of its ExpiresAt tags; nil when none can be read.
        public var expiresAt: Date?
        /// What all of it costs an hour, which deleting it would save.
        public var perHour: Cost = .unknown("nobody has looked")
    }

    private let context: PluginContext
    private let region: String
    private let prices: PriceBook

    /// Makes it for the context's region.
    ///
    /// - Parameter context: Its Project tag says what is ours; which experiment it names does not matter.
    /// - Throws: ``LabError`` when it names no region.
    public init(_ context: PluginContext) throws {
        self.context = context
        region = try AWSClient(context).region
        prices = PriceBook(context)
    }

    /// What experiments left here; changes nothing.
    ///
    /// Roles and instance profiles have no region and no filter on tags: they are found by the names that LabHost gives
    /// them, which begin with the experiment's id, and are ours only if their tags say so.
    ///
    /// - Parameter only: The experiment to look for; nil for all.
    /// - Returns: The remains, by experiment.
    /// - Throws: ``LabError`` when a question was not answered, so that absence is never taken for granted.
    public func find(only: ExperimentID? = nil) async throws -> [Remains] {
        let client = AWSClient(context)
        let project = context.tags["Project"]
        var tags = context.tags.filter { $0.key == "Project" }
        if let only { tags["ExperimentID"] = only.rawValue }
        let search = CleanupSearch(
            ec2: EC2(client),
            iam: IAM(client),
            tags: tags,
            experiment: only?.rawValue ?? "exp-",
            includesIAM: true
        )
        let found = await search.find(known: [], seen: [])
        if let fault = found.faults.first { throw fault }
        var remains: [ExperimentID: Remains] = [:]
        for leftover in found.leftovers where leftover.tags["Project"] == project {
            guard let id = leftover.tags["ExperimentID"].flatMap(ExperimentID.init(rawValue:)),
                only == nil || id == only
            else { continue }
            remains[id, default: Remains(experiment: id, region: region, resources: [], instanceTypes: [:])].add(
                leftover
            )
        }
        var sorted = remains.values.sorted { $0.experiment.rawValue < $1.experiment.rawValue }
        for index in sorted.indices {
            // Networks and roles do not say how old they are.
            sorted[index].createdAt = sorted[index].createdAt ?? sorted[index].experiment.date
            let quote = await prices.quote(for: sorted[index].resources, asking: true)
            sorted[index].perHour = quote.rates.map(\.perHour).sum
        }
        return sorted
    }

    /// Deletes what is there of an experiment, and verifies it.
    ///
    /// - Parameter remains: What was found; what came up since is deleted, too.
    /// - Returns: What was deleted, what is left and why, and whether that was verified.
    /// - Throws: ``LabError`` when nothing can be done at all.
    public func delete(_ remains: Remains) async throws -> TeardownOutcome {
        var context = context
        context.experiment = remains.experiment
        return try await Cleanup(context).run(known: remains.resources)
    }
}

extension Sweep.Remains {
    fileprivate mutating func add(_ leftover: Leftover) {
        resources.append(leftover.billable)
        let moments = ["launchTime", "createTime"].compactMap { leftover.node?.text($0).flatMap(EC2Date.parse) }
        createdAt = ([createdAt].compactMap(\.self) + moments).min()
        expiresAt = [expiresAt, leftover.tags["ExpiresAt"].flatMap(EC2Date.parse)].compactMap(\.self).max()
        if leftover.resource.kind == "instance", let type = leftover.node?.text("instanceType") {
            instanceTypes[type, default: 0] += 1
        }
    }
}
