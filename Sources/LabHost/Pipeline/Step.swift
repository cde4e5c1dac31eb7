/// A step of an experiment, in the order in which they are taken.
public enum Step: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Choose the image.
    case image
    /// Create the hosts.
    case provision
    /// Wait until the cluster can be used.
    case ready
    /// Measure the cells that have no result yet.
    case benchmark
    /// Write the report.
    case report
    /// Delete everything, and verify it.
    case teardown

    /// Whether one step is taken before another.
    public static func < (left: Step, right: Step) -> Bool { left.order < right.order }

    private var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
