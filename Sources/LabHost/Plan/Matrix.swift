import Document
import PluginAPI

/// The plan's `matrix`: values to combine with every test run.
struct Matrix {
    /// A path and its values.
    struct Axis {
        /// The path as the plan writes it: `workload.message_size`.
        var name: String
        /// Where in the plan its values go.
        var target: PlanPath
        /// Where the axis is written.
        var mark: SourceMark
        /// The values, no two alike.
        var values: [Node]
        /// The values as text.
        var texts: [String]

        /// Whether it changes the workload, and not the cluster.
        var isWorkload: Bool { name.hasPrefix("workload.") }
    }

    /// The axes, in the order of the plan.
    var axes: [Axis] = []
    /// Combinations to leave out: for some axes the index of a value.
    var exclude: [[Int: Int]] = []

    /// Every combination that is not left out, as one index of a value for each axis; the last axis changes fastest.
    ///
    /// Without axes there is one combination of nothing.
    var combinations: [[Int]] {
        var result: [[Int]] = []
        var current = [Int](repeating: 0, count: axes.count)
        while true {
            if !exclude.contains(where: { $0.allSatisfy { current[$0.key] == $0.value } }) { result.append(current) }
            var axis = axes.count - 1
            while axis >= 0, current[axis] + 1 == axes[axis].values.count {
                current[axis] = 0
                axis -= 1
            }
            guard axis >= 0 else { return result }
            current[axis] += 1
        }
    }

    /// How many combinations there are before any is left out.
    var size: Int {
        axes.reduce(1) { size, axis in
            let (product, overflow) = size.multipliedReportingOverflow(by: axis.values.count)
            return overflow ? .max : product
        }
    }
}
