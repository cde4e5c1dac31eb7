import Document
import PluginAPI

/// Makes what a run becomes under each combination of the matrix, and every cluster once.
struct VariantMaker {
    private let matrix: Matrix
    private let combinations: [[Int]]
    /// For each axis of the workload what each of its values changes; nothing for the others.
    private let workloads: [[WorkloadValues]]
    /// The clusters so far.
    private(set) var specs: [ClusterSpec] = []
    private var indices: [ClusterSpec: Int] = [:]

    /// - Throws: ``DocumentError`` when a value is not what its schema says after all.
    init(_ matrix: Matrix) throws(DocumentError) {
        self.matrix = matrix
        combinations = matrix.combinations
        var workloads: [[WorkloadValues]] = []
        for axis in matrix.axes {
            var values: [WorkloadValues] = []
            for value in axis.isWorkload ? axis.values : [] {
                let key = String(axis.name.dropFirst("workload.".count))
                let entry = Mapping.Entry(key: key, keyMark: axis.mark, value: value)
                let node = Node(.mapping(Mapping([entry])), at: axis.mark)
                values.append(try NodeDecoder().decode(WorkloadValues.self, from: node))
            }
            workloads.append(values)
        }
        self.workloads = workloads
    }

    /// What a run becomes.
    ///
    /// - Parameters:
    ///   - workload: The run's workload without the matrix.
    ///   - overrides: What the run changes of the cluster.
    ///   - own: The axes that the run has a value of its own for, and that value: they are not varied.
    ///   - spec: Makes a cluster of values to put into the plan; nil when that has faults.
    /// - Returns: One variant for each combination of the other axes; fewer when clusters have faults.
    mutating func variants(
        of workload: Workload,
        overrides: [PlanOverride],
        own: [Int: String],
        spec: ([PlanOverride]) -> ClusterSpec?
    ) -> [Plan.Variant] {
        let clusterAxes = matrix.axes.indices.filter { !matrix.axes[$0].isWorkload && own[$0] == nil }
        var seen: Set<[Int]> = []
        var known: [[Int]: Int?] = [:]
        var variants: [Plan.Variant] = []
        variants.reserveCapacity(combinations.count)
        for combination in combinations {
            if !own.isEmpty {
                let others = combination.enumerated().map { own[$0] == nil ? $1 : -1 }
                guard seen.insert(others).inserted else { continue }
            }
            let key = clusterAxes.map { combination[$0] }
            let index: Int?
            if let found = known[key] {
                index = found
            } else {
                let values = clusterAxes.map { axis in
                    PlanOverride(matrix.axes[axis].target, matrix.axes[axis].values[combination[axis]])
                }
                index = spec(values + overrides).map { place($0) }
                known[key] = .some(index)
            }
            guard let index else { continue }
            var varied = workload
            for (axis, value) in combination.enumerated() where matrix.axes[axis].isWorkload && own[axis] == nil {
                varied = workloads[axis][value].applied(to: varied)
            }
            let factors = combination.enumerated().map { axis, value in
                Plan.Factor(
                    path: matrix.axes[axis].name,
                    value: own[axis] ?? matrix.axes[axis].texts[value],
                    isOwn: own[axis] != nil
                )
            }
            variants.append(Plan.Variant(factors: factors, workload: varied, spec: index))
        }
        return variants
    }

    private mutating func place(_ spec: ClusterSpec) -> Int {
        if let index = indices[spec] { return index }
        indices[spec] = specs.count
        specs.append(spec)
        return specs.count - 1
    }
}
