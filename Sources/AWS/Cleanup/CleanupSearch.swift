import PluginAPI

/// Finds everything that belongs to an experiment.
///
/// Three questions, because each alone misses something: what carries its tags; what lies in its VPCs, tagged or not;
/// and, by id, what the ledger knows and the tags did not bring up.
struct CleanupSearch: Sendable {
    let ec2: EC2
    let iam: IAM
    let tags: [String: String]
    /// IAM names begin with it.
    let experiment: String
    /// Whether IAM is asked at all: who brings an instance profile of their own may not be allowed to list roles.
    let includesIAM: Bool

    /// What was found, and the questions that were not answered.
    struct Result: Sendable {
        var leftovers: [Leftover] = []
        var faults: [LabError] = []
        /// Whether AWS does not take the credentials: asking again brings nothing.
        var isUnauthenticated = false

        mutating func add(_ other: Result) {
            var known = Set(leftovers.map(\.key))
            leftovers += other.leftovers.filter { known.insert($0.key).inserted }
            faults += other.faults
            isUnauthenticated = isUnauthenticated || other.isUnauthenticated
        }
    }

    /// Asks all three questions.
    ///
    /// - Parameters:
    ///   - known: The ledger.
    ///   - seen: What the tags or the VPC have brought up before: asking for those by id again is not needed.
    /// - Returns: What is there.
    func find(known: [Resource], seen: Set<Leftover.Key>) async -> Result {
        var result = await all(CleanupKind.all.map { kind in { await self.byTag(kind) } } + iamQuestions(known))
        // The VPCs of the ledger count too: the tags may be late.
        let vpcs = Set((result.leftovers.map(\.resource) + known).filter { $0.kind == "vpc" }.map(\.id)).sorted()
        var questions: [Question] = []
        if !vpcs.isEmpty {
            questions += CleanupKind.all.filter { $0.vpcFilter != nil }.map { kind in { await self.byVPC(kind, vpcs) } }
        }
        let brought = seen.union(result.leftovers.map(\.key))
        for kind in CleanupKind.all {
            let ids = known.filter { $0.kind == kind.name && !brought.contains($0.key) }.map(\.id)
            if !ids.isEmpty { questions.append { await self.byID(kind, ids) } }
        }
        result.add(await all(questions))
        return result
    }

    private typealias Question = @Sendable () async -> Result

    private func all(_ questions: [Question]) async -> Result {
        await withTaskGroup(of: (Int, Result).self) { group in
            for (index, question) in questions.enumerated() { group.addTask { (index, await question()) } }
            var answers = [Result?](repeating: nil, count: questions.count)
            for await (index, answer) in group { answers[index] = answer }
            return answers.compactMap(\.self).reduce(into: Result()) { $0.add($1) }
        }
    }

    // MARK: EC2

    private func byTag(_ kind: CleanupKind) async -> Result {
        await entries(of: kind, tags.sorted { $0.key < $1.key }.map { .init("tag:\($0.key)", [$0.value]) })
    }

    private func byVPC(_ kind: CleanupKind, _ vpcs: [String]) async -> Result {
        guard let filter = kind.vpcFilter else { return Result() }
        return await entries(of: kind, [.init(filter, vpcs)])
    }

    private func byID(_ kind: CleanupKind, _ ids: [String]) async -> Result {
        var result = Result()
        guard let filter = kind.idFilter else {
            // One at a time: an id that is gone makes the whole call fail.
            for id in ids { result.add(await entries(of: kind, [], ["\(kind.deleteParameter).1": id])) }
            return result
        }
        for batch in ids.batches(of: 200) { result.add(await entries(of: kind, [.init(filter, batch)])) }
        return result
    }

    private func entries(
        of kind: CleanupKind,
        _ filters: [QueryParameters.Filter],
        _ more: QueryParameters = [:]
    ) async -> Result {
        var parameters = kind.parameters
        for (name, value) in more.pairs { parameters.set(name, value) }
        do {
            var nodes = try await ec2.describe(
                kind.describe,
                list: kind.list,
                filters: kind.filters + filters,
                parameters: parameters
            )
            if kind.name == "instance" { nodes = nodes.flatMap { $0.items("instancesSet") } }
            let leftovers = nodes.filter { !kind.belongsToVPC($0) }.compactMap { node in
                node.text(kind.idElement).map { id in
                    let name = node.tags["Name"] ?? node.text("groupName") ?? id
                    return Leftover(
                        resource: Resource(kind: kind.name, id: id, name: name),
                        node: node,
                        tags: node.tags
                    )
                }
            }
            return Result(leftovers: leftovers)
        } catch let error as AWSError where error.isNotFound {
            return Result()
        } catch {
            return Result(
                faults: [LabError(aws: error, .leftBehind, while: "looking for \(kind.name)s")],
                isUnauthenticated: (error as? AWSError)?.isUnauthenticated == true
            )
        }
    }

    // MARK: IAM

    private func iamQuestions(_ known: [Resource]) -> [Question] {
        guard includesIAM || known.contains(where: { $0.kind.hasPrefix("iam-") }) else { return [] }
        return [
            { await self.iam(.instanceProfile, "iam-instance-profile", known) },
            { await self.iam(.role, "iam-role", known) },
        ]
    }

    private func iam(_ kind: IAM.Kind, _ name: String, _ known: [Resource]) async -> Result {
        var result = Result()
        do {
            let ids = Set(known.filter { $0.kind == name }.map(\.id))
            for found in try await iam.names(of: kind, prefix: experiment) {
                // The ledger's own are ours; of the others only the tags say.
                var entry = Leftover(resource: Resource(kind: name, id: found, name: found))
                if !ids.contains(found) {
                    guard let theirs = try await iam.tags(of: kind, found),
                        tags.allSatisfy({ theirs[$0.key] == $0.value })
                    else { continue }
                    entry.tags = theirs
                }
                result.leftovers.append(entry)
            }
        } catch {
            result.faults.append(LabError(aws: error, .leftBehind, while: "looking for \(name)s"))
        }
        return result
    }
}
