import Document
import PluginAPI

extension PlanReview {
    /// The test runs with every combination of the matrix, and the clusters they need; nil when they, or what they build
    /// on, have faults.
    mutating func runs(limits: PlanDocument.Limits?) -> (runs: [Plan.Run], specs: [ClusterSpec])? {
        guard let base = section("base_workload", as: WorkloadValues.self),
            let plateau = section("plateau_detection", as: PlanDocument.Plateau.self),
            let written = section("test_runs", as: [PlanDocument.Run].self), let matrix = matrix()
        else { return nil }
        guard Self.sectionsOfClusters.isDisjoint(with: faulty) else { return nil }
        checkSizes(root["base_workload"], matrix, at: PlanPath() / "base_workload")
        let path = PlanPath() / "test_runs"
        let before = errorCount
        checkNames(written)
        do throws(DocumentError) {
            var maker = try VariantMaker(matrix)
            let workload = base.applied(to: Workload())
            var runs: [Plan.Run] = []
            for (index, run) in written.enumerated() {
                let run = make(run, on: workload, plateau.policy, with: &maker, varied: matrix, at: path / index)
                guard let run else { continue }
                if let limits { check(run, timeout: limits.cellTimeout.value, at: path / index) }
                runs.append(run)
            }
            return errorCount == before ? (runs, maker.specs) : nil
        } catch {
            report(error.message, at: error.mark, PlanPath() / "matrix")
            return nil
        }
    }

    private static let sectionsOfClusters: Set = ["cluster", "network", "pulsar", "aws", "matrix"]

    private mutating func make(
        _ written: PlanDocument.Run,
        on base: Workload,
        _ plateau: RatePolicy.Plateau?,
        with maker: inout VariantMaker,
        varied matrix: Matrix,
        at path: PlanPath
    ) -> Plan.Run? {
        guard let node = root.descendant(at: path) else { return nil }
        checkSizes(node["workload_overrides"], matrix, at: path / "workload_overrides")
        var workload = written.workloadOverrides.applied(to: base)
        workload.producerRate = written.producerRate
        let overrides = RunOverrides(node).values
        let policy = policy(of: written, workload: workload, plateau: plateau, at: path)
        var faults = 0
        let variants = maker.variants(of: workload, overrides: overrides, own: own(node, overrides, matrix)) { values in
            // One cluster's faults are enough to go by; a hundred more of the same kind are none.
            guard faults == 0 else { return nil }
            let before = errorCount
            let spec = spec(with: values, at: path)
            faults += errorCount - before
            return faults == 0 ? spec : nil
        }
        guard let policy, faults == 0 else { return nil }
        return Plan.Run(
            name: Slug.make(written.name.value),
            type: written.type,
            policy: policy,
            isCanary: written.canary ?? false,
            variants: variants,
            mark: root.mark(for: path)
        )
    }

    /// The cluster with some values in place of the plan's.
    private mutating func spec(with values: [PlanOverride], at path: PlanPath) -> ClusterSpec? {
        var changed = root
        for value in values {
            do throws(DocumentError) { changed = try value.applied(to: changed) } catch {
                report(error.message, at: error.mark, path)
                return nil
            }
        }
        for section in ["cluster", "pulsar", "aws"] where !values.isEmpty {
            let keys = PlanSchema.keys.filter { $0.name == section }
            guard let node = changed[section] else { continue }
            let schema = Schema.object(keys)
            let part = Node(
                .mapping(Mapping([Mapping.Entry(key: section, keyMark: node.mark, value: node)])),
                at: node.mark
            )
            check(part, against: schema, at: PlanPath())
            // A disk that only this run has takes its defaults, too.
            guard let complete = schema.completed(part)[section],
                let filled = try? PlanOverride(PlanPath() / section, complete).applied(to: changed)
            else { continue }
            changed = filled
        }
        return cluster(in: changed)
    }

    /// The axes of the matrix for which a run has a value of its own, and that value: a run is about what it says.
    private func own(_ run: Node, _ overrides: [PlanOverride], _ matrix: Matrix) -> [Int: String] {
        let workload = (run["workload_overrides"]?.mapping?.entries ?? []).filter { !$0.value.isNull }
            .map { PlanOverride(PlanPath() / "base_workload" / $0.key, $0.value) }
        var own: [Int: String] = [:]
        for value in workload + overrides {
            for (index, axis) in matrix.axes.enumerated() {
                let (a, b) = (axis.target.steps, value.path.steps)
                guard a.starts(with: b) || b.starts(with: a) else { continue }
                own[index] = value.value.text ?? YAML.flow(value.value)
            }
        }
        return own
    }

    private mutating func checkSizes(_ workload: Node?, _ matrix: Matrix, at path: PlanPath) {
        guard let workload, let distribution = workload["message_size_distribution"], !distribution.isNull else {
            return
        }
        let place = path / "message_size_distribution"
        for key in ["message_size", "payload_file"] {
            guard let other = workload[key], !other.isNull, other.mark != Schema.defaultMark else { continue }
            report("cannot be used with message_size_distribution", at: other.mark, path / key)
        }
        if matrix.axes.contains(where: { $0.name == "workload.message_size" }) {
            report("the matrix varies workload.message_size: keep one of them", at: distribution.mark, place)
        }
        checkDistribution(distribution, at: place)
    }

    /// OMB takes any distribution, and sends nothing sensible of a wrong one.
    mutating func checkDistribution(_ distribution: Node, at path: PlanPath) {
        let entries = distribution.mapping?.entries ?? []
        for entry in entries {
            let range = Workload.SizeWeight(range: entry.key, weight: 0)
            guard range == nil || (range?.to ?? 0) > 5_242_880 else { continue }
            let message = "expected a rising range of bytes up to 5242880, such as 128-512"
            report(message, at: entry.keyMark, path / entry.key)
        }
        if entries.allSatisfy({ $0.value.scalar?.int ?? 0 == 0 }) {
            report("expected at least one weight above 0", at: distribution.mark, path)
        }
    }

    private mutating func checkNames(_ runs: [PlanDocument.Run]) {
        var first: [String: Int] = [:]
        for (index, run) in runs.enumerated() {
            let name = Slug.make(run.name.value)
            if let other = first[name] {
                let message = "\"\(name)\" is also the name of test_runs[\(other)]; results need names of their own"
                report(message, at: run.name.mark, PlanPath() / "test_runs" / index / "name")
            } else {
                first[name] = index
            }
        }
    }

    private mutating func check(_ run: Plan.Run, timeout: Duration, at path: PlanPath) {
        if run.type == .maxRate, run.variants.contains(where: { $0.workload.consumerBacklogSizeGB > 0 }) {
            report("a max_rate run cannot build a backlog; use fixed_rate", path)
        }
        let longest = run.variants.map { Scheduler.longestProbe(run.policy, $0.workload) }.max() ?? .zero
        if longest > timeout {
            let (needed, timeout) = (DurationText.text(longest), DurationText.text(timeout))
            report("takes about \(needed), and limits.cell_timeout is \(timeout)", path)
        }
    }
}
