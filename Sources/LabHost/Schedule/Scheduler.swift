public import PluginAPI

/// Turns a plan into a schedule.
public enum Scheduler {
    /// What a cell takes besides warm-up and test: starting the benchmark, making topics, waiting for consumers,
    /// writing and fetching the result.
    public static let fixedOverhead = Duration.seconds(120)

    /// The schedule of a plan.
    ///
    /// Repetitions come in rounds, each run once, so that a cluster that changes with time touches all runs alike.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - only: The names of the test runs to keep, as written or as they appear in results; nil for all.
    ///   - repetitions: How often each is measured; nil for what the plan says.
    /// - Returns: The schedule, with at least one cell.
    /// - Throws: ``LabError`` with code ``LabError/Code/usage`` when `only` names a run that the plan does not have.
    public static func schedule(_ plan: Plan, only: [String]? = nil, repetitions: Int? = nil) throws -> Schedule {
        let runs = try only.map { try select($0, from: plan.runs) } ?? plan.runs
        let timeout = Int(plan.cellTimeout.components.seconds)
        let rounds = max(1, repetitions ?? plan.repetitions)
        let cells = (1...rounds).flatMap { repetition in
            runs.map { run in
                Cell(
                    name: repetition == 1 ? run.name : "\(run.name)#\(repetition)",
                    run: run.name,
                    type: run.type,
                    repetition: repetition,
                    workload: run.workload,
                    timeoutSeconds: timeout
                )
            }
        }
        return Schedule(groups: [Schedule.Group(spec: plan.spec, cells: cells)])
    }

    /// About how long a cell with this workload takes; a backlog's draining comes on top and cannot be foretold.
    public static func expectedDuration(of workload: Workload) -> Duration {
        .seconds(60 * (workload.warmupMinutes + workload.testMinutes)) + fixedOverhead
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
