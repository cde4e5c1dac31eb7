import Document
public import PluginAPI

/// What `labhost plan` says: what would be built, measured and taken, before anything is.
public struct SchedulePreview: Sendable, Encodable {
    /// The format's name and version.
    public var schema = "labhost.plan/1"
    /// The plan's name.
    public var plan: String
    /// The question that it asks.
    public var description: String?
    /// The plugins that would be used, by phase.
    public var plugins: [String: String]
    /// What is likely to be taken in all, in seconds.
    public var expectedSeconds: Int
    /// The most that it can take, in seconds.
    public var worstSeconds: Int
    /// After this many seconds every resource expires.
    public var maxSeconds: Int
    /// What a randomized order was shuffled with; nil when it is the plan's.
    public var seed: UInt64?
    /// Whether that seed is the plan's own; a run chooses another one otherwise.
    public var isSeedFixed: Bool
    /// The clusters, in the order in which they would be built.
    public var clusters: [Cluster]
    /// What it is likely to cost.
    public var cost: CostForecast

    /// A cluster and what would be measured on it.
    public struct Cluster: Sendable, Encodable {
        /// The hosts, by component: how many of which instance type.
        public var hosts: [String: String]
        /// Whether spot instances are asked for.
        public var isSpot: Bool
        /// What would be created, by kind; nil when only the outside world knows.
        public var resources: [String: Int]?
        /// How often it is given other settings in between.
        public var reconfigurations: Int
        /// What is likely to be taken, in seconds, building and deleting included.
        public var expectedSeconds: Int
        /// The cells, in order.
        public var cells: [Cell]
    }

    /// A cell.
    public struct Cell: Sendable, Encodable {
        /// Its name.
        public var name: String
        /// What finds the same cell in other experiments.
        public var key: String
        /// What the run asks.
        public var type: RunType
        /// What is likely to be taken, in seconds.
        public var expectedSeconds: Int
        /// The most that it can take, in seconds, measured as often as it may be.
        public var worstSeconds: Int
        /// The most probes that it can have.
        public var mostProbes: Int
    }

    /// Describes a schedule.
    ///
    /// - Parameters:
    ///   - plan: The plan.
    ///   - schedule: Its schedule.
    ///   - plugins: The plugins that would be used, by phase.
    ///   - resources: For each group what would be created; nil when it is not known.
    ///   - cost: What it is likely to cost.
    public init(
        _ plan: Plan,
        _ schedule: Schedule,
        plugins: [String: String],
        resources: [ResourcePreview?],
        cost: CostForecast
    ) {
        self.cost = cost
        self.plan = plan.name
        self.description = plan.description
        self.plugins = plugins
        expectedSeconds = schedule.expectedDuration.wholeSeconds
        worstSeconds = schedule.worstDuration.wholeSeconds
        maxSeconds = plan.maxDuration.wholeSeconds
        seed = schedule.seed
        isSeedFixed = plan.seed != nil
        clusters = zip(schedule.groups, resources).map { group, resources in
            let spec = group.configurations[group.firstConfiguration]
            return Cluster(
                hosts: spec.components.mapValues { "\($0.count) × \($0.instanceType)" },
                isSpot: spec.spot != nil,
                resources: resources?.counts,
                reconfigurations: group.reconfigurations,
                expectedSeconds: group.expectedDuration.wholeSeconds,
                cells: group.entries.map { entry in
                    Cell(
                        name: entry.cell.name,
                        key: entry.cell.key,
                        type: entry.cell.type,
                        expectedSeconds: entry.cell.expectedDuration.wholeSeconds,
                        worstSeconds: (entry.cell.worstDuration * schedule.attempts).wholeSeconds,
                        mostProbes: entry.cell.policy.bound(for: entry.cell.workload).probes
                    )
                }
            )
        }
    }
}

extension SchedulePreview {
    /// The preview for people.
    ///
    /// - Parameter mostCells: How many cells of a cluster are listed; the rest is counted.
    /// - Returns: The text, ending in a newline.
    public func text(mostCells: Int) -> String {
        var lines = ["\(plan)" + (description.map { ": \(Printable.line($0))" } ?? "")]
        let count = clusters.reduce(0) { $0 + $1.cells.count }
        lines.append("\(Self.counted(count, "cell")) on \(Self.counted(clusters.count, "cluster")), \(Self.span(self))")
        if let seed {
            let note = isSeedFixed ? "" : "; a run takes a new one, unless the plan has a seed"
            lines.append("order: randomized on each cluster, here with seed \(seed)\(note)")
        }
        for (index, cluster) in clusters.enumerated() {
            lines.append("")
            lines += cluster.lines(number: index + 1, of: clusters.count, mostCells: mostCells)
            // Alone, a cluster costs what all costs.
            if clusters.count > 1, cost.clusters.indices.contains(index) {
                lines.append("  costs      \(cost.clusters[index].range.text)")
            }
        }
        lines += [
            "", "everything expires after \(DurationText.text(.seconds(maxSeconds)))",
        ]
        lines += cost.summary
        return lines.map { $0 + "\n" }.joined()
    }

    package static func counted(_ count: Int, _ noun: String) -> String {
        "\(Figures.grouped(count)) \(noun)" + (count == 1 ? "" : "s")
    }

    private static func span(_ preview: SchedulePreview) -> String {
        let expected = DurationText.text(.seconds(preview.expectedSeconds))
        let worst = DurationText.text(.seconds(preview.worstSeconds))
        return expected == worst ? "about \(expected)" : "about \(expected), at most \(worst)"
    }
}

extension SchedulePreview.Cluster {
    fileprivate func lines(number: Int, of total: Int, mostCells: Int) -> [String] {
        let order = ["zookeeper", "bookkeeper", "broker", "client"]
        let sorted = hosts.sorted { first, second in
            let (a, b) = (
                order.firstIndex(of: first.key) ?? order.count, order.firstIndex(of: second.key) ?? order.count
            )
            return (a, first.key) < (b, second.key)
        }
        let time = DurationText.text(.seconds(expectedSeconds))
        var lines = [
            "cluster \(number) of \(total)\(isSpot ? " (spot)" : ""), about \(time) with building and deleting"
        ]
        lines.append("  hosts      " + sorted.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        if let resources {
            let list = resources.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }
            let sum = resources.values.reduce(0, +)
            lines += Self.wrapped("  creates    ", "\(sum) resources: " + list.joined(separator: ", "))
        } else {
            lines.append("  creates    only the provisioner's own module knows: labhost plan --online")
        }
        if reconfigurations > 0 {
            lines.append(
                "  settings   changed \(reconfigurations == 1 ? "once" : "\(reconfigurations) times") in between"
            )
        }
        let shown = cells.prefix(mostCells)
        let width = shown.map(\.name.count).max() ?? 0
        let typeWidth = shown.map(\.type.rawValue.count).max() ?? 0
        lines += shown.map { cell in
            let expected = DurationText.text(.seconds(cell.expectedSeconds))
            let worst =
                cell.worstSeconds > cell.expectedSeconds
                ? ", at most \(DurationText.text(.seconds(cell.worstSeconds)))" : ""
            let probes = cell.mostProbes > 1 ? ", up to \(cell.mostProbes) probes" : ""
            return
                "  \(cell.name.padding(to: width))  \(cell.type.rawValue.padding(to: typeWidth))  \(expected)\(worst)\(probes)"
        }
        if cells.count > mostCells {
            lines.append("  … and \(SchedulePreview.counted(cells.count - mostCells, "more cell")): --all shows them")
        }
        return lines
    }

    /// Text in lines of at most 100 columns, indented under its title.
    private static func wrapped(_ title: String, _ text: String) -> [String] {
        var lines: [String] = []
        var line = title
        for word in text.split(separator: " ") {
            if line.count + word.count + 1 > 100, line.count > title.count {
                lines.append(line)
                line = String(repeating: " ", count: title.count)
            }
            line += line.count > title.count ? " \(word)" : String(word)
        }
        return lines + [line]
    }
}

extension Duration {
    fileprivate var wholeSeconds: Int { Int(components.seconds) }
}
