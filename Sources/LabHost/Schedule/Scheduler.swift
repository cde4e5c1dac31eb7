import PluginAPI

/// Turns a plan into a schedule.
///
/// A set of hosts is built once for all the cells that can share it, and reconfigured as seldom as can be: cells come
/// by cluster, by configuration, then in rounds of repetitions, so that a cluster that changes with time touches all
/// runs alike. A randomized order shuffles the cells of each set of hosts instead.
public enum Scheduler {
    /// The most cells that a schedule has.
    public static let mostCells = 100_000

    /// The schedule of a plan.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - only: The names of the test runs to keep, as written or as they appear in results; nil for all.
    ///   - repetitions: How often each is measured; nil for what the plan says.
    ///   - seed: What a randomized order is shuffled with when the plan does not say.
    /// - Returns: The schedule, with at least one cell.
    /// - Throws: ``LabError`` with code ``LabError/Code/usage`` when `only` names a run that the plan does not have, or
    ///   there would be too many cells.
    public static func schedule(
        _ plan: Plan,
        only: [String]? = nil,
        repetitions: Int? = nil,
        seed: UInt64 = 0
    ) throws -> Schedule {
        let runs = try only.map { try select($0, from: plan.runs) } ?? plan.runs
        let rounds = max(1, repetitions ?? plan.repetitions)
        let count = runs.reduce(0) { $0 + $1.variants.count } * rounds
        guard count <= mostCells else {
            let (found, most) = (Figures.grouped(count), Figures.grouped(mostCells))
            throw LabError(.usage, "\(found) cells are more than \(most)", hint: "fewer repetitions, or --only RUN")
        }
        var makers = CellMaker(plan)
        var groups: [(configurations: [Int], cells: [Int: [Cell]])] = []
        for run in runs {
            for variant in run.variants {
                let group = plan.hostGroups[variant.spec]
                while groups.count <= group { groups.append(([], [:])) }
                if groups[group].cells[variant.spec] == nil { groups[group].configurations.append(variant.spec) }
                groups[group].cells[variant.spec, default: []].append(makers.cell(of: run, variant))
            }
        }
        // A selection of runs may leave a cluster without cells.
        var schedule = Schedule(
            groups: groups.filter { !$0.cells.isEmpty }.map { group in
                let entries = group.configurations.enumerated().flatMap { index, spec in
                    (1...rounds).flatMap { round in
                        (group.cells[spec] ?? []).map { cell in
                            Schedule.Entry(cell: cell.repeated(round), configuration: index)
                        }
                    }
                }
                return Schedule.Group(configurations: group.configurations.map { plan.specs[$0] }, entries: entries)
            },
            onCellFailure: plan.onCellFailure
        )
        if plan.isRandomized { schedule.shuffle(seed: plan.seed ?? seed) }
        schedule.repeatCanaries(Set(runs.filter(\.isCanary).map(\.name)))
        return schedule
    }

    private static func select(_ names: [String], from runs: [Plan.Run]) throws -> [Plan.Run] {
        let known = runs.map(\.name)
        if let unknown = names.first(where: { !known.contains(Slug.make($0)) }) {
            throw LabError(
                .usage,
                "there is no test run \(Printable.quoted(unknown))\(Spelling.hint(for: unknown, among: known))",
                cause: "known: \(known.joined(separator: ", "))"
            )
        }
        let wanted = Set(names.map(Slug.make))
        guard !wanted.isEmpty else {
            throw LabError(.usage, "no test run is named", cause: "known: \(known.joined(separator: ", "))")
        }
        return runs.filter { wanted.contains($0.name) }
    }
}

extension Cell {
    fileprivate func repeated(_ round: Int) -> Cell {
        guard round > 1 else { return self }
        var cell = self
        cell.repetition = round
        cell.name += "#\(round)"
        return cell
    }
}

extension Schedule {
    /// Measures the first cell of a canary once more when everything else on its hosts is done.
    fileprivate mutating func repeatCanaries(_ runs: Set<String>) {
        for index in groups.indices {
            guard var entry = groups[index].entries.first(where: { runs.contains($0.cell.run) }) else { continue }
            entry.cell.canaryOf = entry.cell.name
            entry.cell.name += ".canary"
            groups[index].entries.append(entry)
        }
    }

    /// Shuffles the cells of each group.
    fileprivate mutating func shuffle(seed: UInt64) {
        self.seed = seed
        var generator = SplitMix64(seed: seed)
        for index in groups.indices { groups[index].entries.shuffle(using: &generator) }
    }
}
