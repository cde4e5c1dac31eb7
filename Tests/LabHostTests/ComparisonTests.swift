import PluginAPI
import Testing

@testable import LabHost

@Suite struct ComparisonTests {
    private func cell(
        _ name: String,
        _ metrics: [Metric: Double],
        key: String = "k",
        verdict: Verdict = .valid,
        environment: [String: String] = [:]
    ) -> HistoryCell {
        var cell = HistoryCell.sample(name)
        cell.key = key
        cell.verdict = verdict
        cell.environment = environment
        cell.metrics = metrics
        return cell
    }

    private func repetitions(_ name: String, _ metric: Metric, _ values: [Double], key: String = "k") -> [HistoryCell] {
        values.enumerated().map { cell($0 == 0 ? name : "\(name)#\($0 + 1)", [metric: $1], key: key) }
    }

    private func compare(_ metric: Metric, _ first: [Double], _ second: [Double]) -> MetricComparison? {
        MetricComparison(
            metric,
            .init(values: first),
            .init(values: second),
            threshold: 0.05,
            seed: 1,
            drawn: nil
        )
    }

    /// As the history has them, in an experiment each.
    private func compare(
        _ first: [HistoryCell],
        _ second: [HistoryCell],
        options: Comparison.Options = .init()
    ) async throws -> Comparison {
        let history = try History()
        for (id, cells) in [("a", first), ("b", second)] {
            let experiment = HistoryExperiment.sample(id)
            for var cell in cells {
                cell.experiment = id
                try await history.keep(cell, CellSeries(nil), of: experiment)
            }
        }
        return try await Comparison("a", "b", in: history, options: options)
    }

    @Test func `a change beyond the threshold that chance does not explain is better or worse, by the metric`() {
        let (low, high) = ([10.0, 10.1, 10.2, 10.1], [12.0, 12.1, 12.2, 12.4])
        #expect(compare(.p99Latency, low, high)?.verdict == .worse)
        #expect(compare(.p99Latency, high, low)?.verdict == .better)
        #expect(compare(.throughput, low, high)?.verdict == .better)
        #expect(compare(.throughput, high, low)?.verdict == .worse)
        let found = compare(.p99Latency, low, high)
        #expect(found?.basis == .repetitions)
        #expect(found?.interval.map { $0.lowerBound > 0.15 && $0.upperBound < 0.25 } == true)
        #expect(found?.p.map { $0 < 0.05 } == true)
    }

    @Test func `a change within the threshold is the same, and one that may be either is not decided`() {
        #expect(compare(.p99Latency, [10, 10.1, 10.2], [10.2, 10.1, 10.0])?.verdict == .same)
        #expect(compare(.p99Latency, [10, 14, 20, 9], [12, 22, 10, 19])?.verdict == .notEnoughData)
        // Twice as much, measured twice: chance does that one time in three.
        #expect(compare(.p99Latency, [10, 10.1], [20, 20.1])?.verdict == .notEnoughData)
        #expect(compare(.p99Latency, [10], [20])?.verdict == .notEnoughData)
        #expect(compare(.p99Latency, [10], []) == nil)
    }

    @Test func `nothing before and nothing after is the same, and something after nothing is worse`() {
        #expect(compare(.errorRate, [0], [0])?.verdict == .same)
        #expect(compare(.errorRate, [0, 0, 0], [5, 7, 6])?.verdict == .worse)
        #expect(compare(.errorRate, [0, 0, 0], [5, 7, 6])?.change == nil)
        #expect(compare(.errorRate, [0], [5])?.verdict == .notEnoughData)
    }

    @Test func `single runs are compared by their periods, which is marked as weaker`() {
        var noise = SplitMix64(seed: 5)
        func series(_ mean: Double) -> [Double] {
            (0..<30).map { _ in mean + Double(noise.index(below: 100)) / 100 }
        }
        func compare(_ first: Double, _ second: Double) -> MetricComparison? {
            let (before, after) = ([series(first)], [series(second)])
            var blocks = BlockDraws(seed: 1)
            return MetricComparison(
                .p99Latency,
                .init(values: [first], series: before),
                .init(values: [second], series: after),
                threshold: 0.05,
                seed: 1,
                drawn: Bootstrap.changes(ofSeries: [(before, after)], drawing: &blocks)[0]
            )
        }
        #expect(compare(10, 13)?.verdict == .worse)
        #expect(compare(10, 13)?.basis == .periods)
        #expect(compare(10, 13)?.p == nil)
        #expect(compare(10, 10.1)?.verdict == .same)
    }

    @Test func `cells are matched by content, else by name, and never when invalid`() async throws {
        let first = [
            cell("same", [.throughput: 1], key: "1"), cell("old-name", [.throughput: 1], key: "2"),
            cell("edited", [.throughput: 1], key: "3"), cell("gone", [.throughput: 1], key: "4"),
            cell("broken", [.throughput: 1], key: "5", verdict: .invalid),
        ]
        let second = [
            cell("same", [.throughput: 1], key: "1"), cell("new-name", [.throughput: 1], key: "2"),
            cell("edited", [.throughput: 1], key: "33"), cell("new", [.throughput: 1], key: "6"),
            cell("broken", [.throughput: 1], key: "5", verdict: .suspect),
        ]
        let comparison = try await compare(first, second)
        #expect(comparison.pairs.map(\.first) == ["edited", "old-name", "same"])
        #expect(comparison.pairs.map(\.second) == ["edited", "new-name", "same"])
        #expect(comparison.pairs.map(\.isSameContent) == [false, true, true])
        #expect(comparison.onlyInFirst == ["gone"])
        #expect(comparison.onlyInSecond == ["broken", "new"])
        #expect(comparison.invalid == ["broken"])
        let text = ComparisonText.render(comparison)
        #expect(text.contains("by name only"))
        #expect(text.contains("left out, being invalid: broken"))
    }

    @Test func `repetitions of a cell are one pair, and suspect ones are marked`() async throws {
        var second = repetitions("fixed", .p99Latency, [20, 21, 22])
        second[1].verdict = .suspect
        let comparison = try await compare(repetitions("fixed", .p99Latency, [10, 11, 12]), second)
        #expect(comparison.pairs.count == 1)
        #expect(comparison.pairs[0].repetitions == [3, 3])
        #expect(comparison.regressions().map(\.metric.metric) == [.p99Latency])
        #expect(comparison.regressions(in: [.throughput]).isEmpty)
        #expect(ComparisonText.render(comparison).contains("fixed ×3 (1 suspect)"))
    }

    @Test func `the periods of single runs are read where repetitions are too few`() async throws {
        let history = try History()
        var noise = SplitMix64(seed: 5)
        for (id, mean) in [("a", 10.0), ("b", 13.0)] {
            for index in 0..<600 {
                var cell = cell("cell-\(index)", [.p99Latency: mean, .throughput: 1], key: "\(index)")
                cell.experiment = id
                var series = CellSeries(nil)
                series.values[.p99Latency] = (0..<30).map { _ in mean + Double(noise.index(below: 100)) / 100 }
                series.values[.throughput] = index == 0 ? [1, 1] : []
                try await history.keep(cell, series, of: .sample(id))
            }
        }
        let comparison = try await Comparison("a", "b", in: history)
        #expect(comparison.pairs.map(\.first) == (0..<600).map { "cell-\($0)" }.sorted())
        #expect(comparison.pairs.allSatisfy { $0.metrics.map(\.metric) == [.throughput, .p99Latency] })
        #expect(comparison.pairs.allSatisfy { $0.metrics[1].basis == .periods && $0.metrics[1].verdict == .worse })
        #expect(comparison.pairs.allSatisfy { $0.metrics[0].basis == nil })
    }

    @Test func `what the environment differs in comes first, with what has it`() async throws {
        let first = [
            cell("a", [.throughput: 1], key: "1", environment: ["pulsar": "3.0.0", "region": "r"]),
            cell("b", [.throughput: 1], key: "2", environment: ["pulsar": "3.0.0", "region": "r"]),
        ]
        let second = [
            cell("a", [.throughput: 1], key: "1", environment: ["pulsar": "3.1.0", "region": "r", "x": "\u{1b}[2J"]),
            cell("b", [.throughput: 1], key: "2", environment: ["pulsar": "3.1.0", "region": "r"]),
        ]
        let comparison = try await compare(first, second)
        #expect(comparison.environment.map(\.fact) == ["pulsar", "x"])
        #expect(comparison.environment.map(\.cells) == [2, 1])
        let text = ComparisonText.render(comparison)
        let lines = text.split(separator: "\n")
        #expect(lines[1].hasPrefix("environment: it differs"))
        #expect(lines[2].contains("3.0.0 → ") && lines[2].contains("3.1.0"))
        #expect(lines[3].contains("in 1 of 2 cells"))
        #expect(!text.contains("\u{1b}"))
    }

    @Test func `a metric with a threshold is compared with that threshold, also when it is none of the standard ones`()
        async throws
    {
        let (first, second) = ([100.0, 101, 102, 101], [109.0, 110, 111, 110])
        let comparison = try await compare(
            repetitions("f", .maxLatency, first),
            repetitions("f", .maxLatency, second),
            options: .init(thresholds: [.maxLatency: 0.2])
        )
        #expect(comparison.pairs[0].metrics.map(\.metric) == [.maxLatency])
        #expect(comparison.pairs[0].metrics.map(\.verdict) == [.same])
    }

    @Test func `a baseline is a name for an experiment, wherever one is asked for`() throws {
        let fixture = try Fixture()
        try LocalFile.write(Array("{}".utf8), to: fixture.directory.experiment)
        let baselines = Baselines(fixture.store)
        try baselines.set("main", to: fixture.directory.id)
        #expect(try fixture.store.find("main") == fixture.directory)
        #expect(baselines.all.map(\.name) == ["main"])
        for name in ["", "latest", "../x", "a/b", "-x", "a b", fixture.directory.id.rawValue] {
            #expect(throws: LabError.self, "\(name)") { try baselines.set(name, to: fixture.directory.id) }
        }
        try baselines.remove("main")
        #expect(throws: LabError.self) { try baselines.remove("main") }
        #expect(throws: LabError.self) { try fixture.store.find("main") }
        try baselines.set("old", to: fixture.directory.id)
        try fixture.directory.remove()
        #expect(throws: LabError.self) { try fixture.store.find("old") }
    }
}
