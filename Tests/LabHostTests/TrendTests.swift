import PluginAPI
import PluginTestKit
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct TrendTests {
    private func cells(_ values: [Double], name: String = "fixed", simulated: Bool = false) -> [HistoryCell] {
        values.enumerated().map { index, value in
            var cell = HistoryCell.sample(name, experiment: "exp-\(index + 100)")
            cell.endedAt = Date(timeIntervalSince1970: 1_760_000_000 + Double(index) * 86400)
            cell.metrics = [.p99Latency: value]
            cell.isSimulated = simulated
            return cell
        }
    }

    private let step = [5.0, 5.2, 5.1, 4.9, 5.0, 5.1, 8.1, 8.0, 8.2, 7.9, 8.1, 8.0]

    @Test func `a trend is in the order of time, with the median of repetitions and its changes`() throws {
        var history = cells(step).shuffled()
        for (number, value) in [(2, 100.0), (3, 8.05)] {
            var repetition = cells(step)[11]
            repetition.name = "fixed#\(number)"
            repetition.metrics = [.p99Latency: value]
            history.append(repetition)
        }
        let trend = Trend(of: .p99Latency, in: history, limit: 100)
        let series = try #require(trend.series.first)
        #expect(series.points.map(\.value) == step.dropLast() + [8.05])
        #expect(series.points.indices.filter { series.points[$0].isChange } == [6])
        #expect(series.levels.map(\.range) == [0..<6, 6..<12])
        #expect(Trend(of: .p99Latency, in: history, limit: 3).series.first?.points.count == 3)
    }

    @Test func `made-up numbers are a series of their own, and invalid cells are in none`() {
        var history = cells([1, 2]) + cells([7], simulated: true)
        history[0].verdict = .invalid
        let trend = Trend(of: .p99Latency, in: history, limit: 100)
        #expect(trend.series.map(\.points.count).sorted() == [1, 1])
        #expect(Trend(of: .throughput, in: history, limit: 100).series.isEmpty)
    }

    @Test(arguments: [40, 80, 200]) func `a chart keeps to the terminal's width and marks what matters`(_ width: Int) {
        var history = cells(step)
        history[2].verdict = .suspect
        let chart = TrendChart.draw(Trend(of: .p99Latency, in: history, limit: 100), width: width)
        let lines = chart.split(separator: "\n")
        #expect(lines.filter { $0.contains("┤") }.allSatisfy { $0.count <= width })
        #expect(lines.count { $0.contains("┤") && $0.contains("◆") } == 1)
        #expect(chart.contains("○"))
        #expect(chart.contains("8.2 ms ┤"))
        #expect(chart.contains("worse"))
    }

    @Test func `one point and equal points are drawn, too`() {
        for values in [[3.0], [3, 3, 3]] {
            let trend = Trend(of: .p99Latency, in: cells(values), limit: 100)
            #expect(TrendChart.draw(trend, width: 80).contains("●"))
            #expect(TrendPage.html(trend).contains("<circle"))
        }
        #expect(TrendPage.html(Trend(of: .p99Latency, in: [], limit: 1)).contains("Nothing was measured"))
    }

    @Test func `the page needs nothing else, and nobody's text becomes a part of it`() {
        var history = cells(step, name: "<script>alert(1)</script>\u{1b}")
        for index in history.indices { history[index].plan = "\"><img src=x onerror=alert(1)>" }
        let html = TrendPage.html(Trend(of: .p99Latency, in: history, limit: 100))
        #expect(!html.contains("<script"))
        #expect(!html.contains("<img"))
        #expect(!html.contains("\u{1b}"))
        #expect(!html.contains("http"))
        #expect(html.contains("&lt;script&gt;"))
        #expect(html.contains("class=\"change\""))
        let text = TrendChart.draw(Trend(of: .p99Latency, in: history, limit: 100), width: 80)
        #expect(!text.contains("\u{1b}"))
    }

    @Test func `costs are summed by month and tag, and what is not known is counted and not added`() throws {
        let history = try History()
        func keep(_ id: String, _ day: Double, _ cost: Cost?, _ tags: [String: String], simulated: Bool = false) throws
        {
            var experiment = HistoryExperiment.sample(id)
            // Noon of 1 October 2025, and days after it.
            experiment.startedAt = Date(timeIntervalSince1970: 1_759_320_000 + day * 86400)
            (experiment.cost, experiment.tags, experiment.isSimulated) = (cost, tags, simulated)
            try history.keep(History.Entries(experiment: experiment, cells: []))
        }
        try keep("a", 0, .usd(1.5), ["team": "x"])
        try keep("b", 1, .usd(2), ["team": "y", "evil": "'; DROP TABLE tag; --"])
        try keep("c", 2, .unknown("no price"), ["team": "x"])
        try keep("d", 40, .usd(4), [:])
        try keep("e", 0, .usd(100), ["team": "x"], simulated: true)
        try keep("f", 0, nil, ["team": "x"])
        let rows = try history.costs().rows
        #expect(rows.map(\.month) == ["2025-11", "2025-10", "2025-10", "2025-10", "2025-10"])
        #expect(rows.map(\.tag) == [nil, nil, "evil='; DROP TABLE tag; --", "team=x", "team=y"])
        #expect(rows.map(\.usd) == [4, 3.5, 2, 1.5, 2])
        #expect(rows.map(\.unknown) == [0, 1, 0, 1, 0])
        #expect(try history.costs(plan: "other").rows.isEmpty)
        #expect(try history.costs().text.contains("of 1"))
    }
}
