public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What an experiment is likely to cost, before anything is created: its clusters' prices × how long they are needed.
public struct CostForecast: Sendable, Hashable, Encodable {
    /// The format's name and version.
    public var schema = "labhost.forecast/1"
    /// All of it.
    public var range: CostRange
    /// What the dearest cluster costs an hour.
    public var perHour: Cost
    /// The clusters, in the order in which they would be built.
    public var clusters: [Cluster]
    /// What all of it consists of, by component and kind of cost.
    public var items: [Item]
    /// The date of the oldest price; nil when there is none.
    public var pricesAsOf: Date?
    /// Where the prices come from, in a few words.
    public var priceSource: String
    /// How many of the cells were measured before, and are taken to take as long again.
    public var measuredCells: Int
    /// What kept newer or other prices from being found, one sentence each.
    public var notes: [String]

    /// One cluster.
    public struct Cluster: Sendable, Hashable, Encodable {
        /// Building, waiting, the cells, and tearing down.
        public var range: CostRange
        /// What it costs an hour.
        public var perHour: Cost
        /// How long it is likely to exist, in seconds.
        public var expectedSeconds: Int
        /// What it is likely to cost while no cell runs.
        public var overhead: Cost
        /// What it consists of.
        public var items: [Item]
        /// The cells, in order.
        public var cells: [Cell]
    }

    /// One cell.
    public struct Cell: Sendable, Hashable, Encodable {
        /// Its name.
        public var name: String
        /// Its test run.
        public var run: String
        /// What it is likely to cost.
        public var expected: Cost
    }

    /// What one component has of one kind of cost.
    public struct Item: Sendable, Hashable, Encodable {
        /// The component; nil for what belongs to none.
        public var component: String?
        /// The kind of cost, as in ``PluginAPI/CostItem/kind``.
        public var kind: String
        /// What is paid for.
        public var what: String
        /// How many.
        public var count: Int
        /// What all of them cost an hour.
        public var perHour: Cost
        /// What all of them cost in all.
        public var range: CostRange
    }

    /// What a cluster would consist of, and its prices.
    public struct Priced: Sendable, Hashable {
        /// The resources that cost money; nil when only the outside world knows.
        var resources: [Resource]?
        /// Their rates.
        var rates: [Rate]
    }
}

/// What something may cost.
public struct CostRange: Sendable, Hashable, Codable {
    /// When all goes as quickly as it can.
    public var low: Cost
    /// When all goes as it mostly does.
    public var expected: Cost
    /// When all takes as long as it may.
    public var high: Cost

    static func + (one: CostRange, other: CostRange) -> CostRange {
        CostRange(low: one.low + other.low, expected: one.expected + other.expected, high: one.high + other.high)
    }

    static let zero = CostRange(low: .zero, expected: .zero, high: .zero)
}

extension CostForecast {
    /// Puts a forecast together.
    ///
    /// - Parameters:
    ///   - schedule: What is to be measured.
    ///   - prices: For each of its groups what it consists of.
    ///   - maxDuration: After this time everything is gone.
    ///   - times: What is known of how long things take.
    init(_ schedule: Schedule, _ prices: [Priced], maxDuration: Duration, times: MeasuredTimes = MeasuredTimes()) {
        clusters = zip(schedule.groups, prices).map { Cluster($0, $1, maxDuration: maxDuration, times: times) }
        items = Self.merged(clusters.flatMap(\.items))
        range = clusters.reduce(.zero) { $0 + $1.range }
        let rates = clusters.map(\.perHour)
        perHour = rates.first { $0.usd == nil } ?? .usd(rates.compactMap(\.usd).max() ?? 0)
        // Only one cluster exists at a time, and none when the time is over.
        let ceilings = prices.map { $0.resources == nil ? Cost.unknownModule : $0.rates.map(\.mostPerHour).sum }
        if let most = ceilings.allSatisfy({ $0.usd != nil }) ? ceilings.compactMap(\.usd).max() : nil,
            let high = range.high.usd
        {
            range.high = .usd(max(min(high, most * (maxDuration / .seconds(3600))), range.expected.usd ?? 0))
        }
        measuredCells = schedule.cells.count { times.cells[$0.key] != nil }
        (pricesAsOf, priceSource, notes) = (nil, "", [])
    }

    private static func merged(_ items: [Item]) -> [Item] {
        var all: [Item] = []
        for item in items {
            let index = all.firstIndex { ($0.component, $0.kind, $0.what) == (item.component, item.kind, item.what) }
            guard let index else {
                all.append(item)
                continue
            }
            all[index].count = max(all[index].count, item.count)
            if let one = all[index].perHour.usd, let other = item.perHour.usd {
                all[index].perHour = .usd(max(one, other))
            }
            all[index].range = all[index].range + item.range
        }
        return all
    }

    /// The cells that a sum is enough for, in the order of the schedule, with their clusters.
    public func cells(within limit: Double) -> [Cell] {
        var left = limit
        var found: [Cell] = []
        for cluster in clusters {
            guard let overhead = cluster.overhead.usd else { continue }
            var purse = left - overhead
            var here: [Cell] = []
            for cell in cluster.cells {
                guard let cost = cell.expected.usd, cost <= purse else { continue }
                purse -= cost
                here.append(cell)
            }
            guard !here.isEmpty else { continue }
            left = purse
            found += here
        }
        return found
    }
}

extension CostForecast.Cluster {
    fileprivate init(
        _ group: Schedule.Group,
        _ prices: CostForecast.Priced,
        maxDuration: Duration,
        times: MeasuredTimes
    ) {
        let overhead = times.expectedOverhead(group)
        let expected = group.entries.reduce(overhead) { $0 + times.expected($1.cell) }
        let least = group.entries.reduce(overhead / 2) { $0 + min($1.cell.leastDuration, times.expected($1.cell)) }
        let most = max(min(group.worstDuration, maxDuration), expected)
        let seconds = (low: least / .seconds(1), expected: expected / .seconds(1), high: most / .seconds(1))
        let known = prices.resources != nil
        items = Self.items(prices, seconds)
        perHour = known ? prices.rates.map(\.perHour).sum : .unknownModule
        range = known ? items.reduce(.zero) { $0 + $1.range } : CostRange.unknownModule
        expectedSeconds = Int(seconds.expected)
        let rate = perHour
        self.overhead = rate * (overhead / .seconds(3600))
        cells = group.entries.map { entry in
            CostForecast.Cell(
                name: entry.cell.name,
                run: entry.cell.run,
                expected: rate * (times.expected(entry.cell) / .seconds(3600))
            )
        }
    }

    private static func items(
        _ prices: CostForecast.Priced,
        _ seconds: (low: Double, expected: Double, high: Double)
    ) -> [CostForecast.Item] {
        struct Key: Hashable { var component: String?, kind: String, what: String }
        var order: [Key] = []
        var items: [Key: CostForecast.Item] = [:]
        for (resource, rate) in zip(prices.resources ?? [], prices.rates) {
            for part in rate.parts {
                var dearest = part
                dearest.perHour = part.mostPerHour ?? part.perHour
                let key = Key(component: resource.attributes["component"], kind: part.kind, what: part.what)
                if items[key] == nil { order.append(key) }
                var item =
                    items[key]
                    ?? CostForecast.Item(
                        component: key.component,
                        kind: key.kind,
                        what: key.what,
                        count: 0,
                        perHour: .zero,
                        range: .zero
                    )
                item.count += 1
                item.perHour = item.perHour + part.perHour
                item.range =
                    item.range
                    + CostRange(
                        low: part.cost(ofSeconds: seconds.low),
                        expected: part.cost(ofSeconds: seconds.expected),
                        high: dearest.cost(ofSeconds: seconds.high)
                    )
                items[key] = item
            }
        }
        return order.compactMap { items[$0] }
    }
}

extension Cost {
    fileprivate static let unknownModule = Cost.unknown("only the provisioner's own module knows what it creates")
}

extension CostRange {
    fileprivate static let unknownModule = CostRange(
        low: .unknownModule,
        expected: .unknownModule,
        high: .unknownModule
    )
}

extension Cell {
    /// The least that the cell takes: a search for a limit may end with its first probe.
    var leastDuration: Duration {
        switch policy {
        case .untilFailure, .search: .minutes(workload.warmupMinutes + workload.testMinutes) + Scheduler.probeOverhead
        case .fixed, .maximum, .ramp: expectedDuration
        }
    }
}
