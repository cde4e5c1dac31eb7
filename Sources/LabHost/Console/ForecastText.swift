import Document
import PluginAPI

extension CostForecast {
    /// The forecast for people, with its parts.
    ///
    /// - Parameter mostCells: How many cells of a cluster are listed; the rest is counted.
    /// - Returns: The text, ending in a newline.
    public func text(mostCells: Int) -> String {
        var lines = summary
        for (index, cluster) in clusters.enumerated() {
            let time = DurationText.text(.seconds(cluster.expectedSeconds))
            lines += [
                "", "cluster \(index + 1) of \(clusters.count): \(cluster.range.text), about \(time)",
                "  \(Self.row("component", "what", "count", "an hour", "low", "expected", "high"))",
            ]
            lines += cluster.items.map { item in
                "  "
                    + Self.row(
                        item.component ?? "",
                        item.what,
                        String(item.count),
                        Figures.cost(item.perHour),
                        Figures.cost(item.range.low),
                        Figures.cost(item.range.expected),
                        Figures.cost(item.range.high)
                    )
            }
            lines.append("  building, waiting and deleting: \(Figures.cost(cluster.overhead))")
            lines += cluster.cells.prefix(mostCells).map { "  \($0.name): \(Figures.cost($0.expected))" }
            if cluster.cells.count > mostCells {
                let more = SchedulePreview.counted(cluster.cells.count - mostCells, "more cell")
                lines.append("  … and \(more): --all shows them")
            }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    /// What all of it costs, and where the prices come from, in a few lines.
    public var summary: [String] {
        guard !items.isEmpty || range.expected.usd == nil else {
            return ["cost: nothing, because nothing is created that has to be paid for"]
        }
        var lines = ["cost: \(range.text)"]
        if perHour.usd != nil { lines[0] += ", \(Figures.cost(perHour)) an hour" }
        if !priceSource.isEmpty {
            let date = pricesAsOf.map { " of \(Timestamps.iso($0).prefix(10))" } ?? ""
            lines.append("prices: \(priceSource)\(date)")
        }
        if measuredCells > 0 {
            let cells = clusters.map(\.cells.count).reduce(0, +)
            lines.append(
                "times: \(measuredCells) of \(SchedulePreview.counted(cells, "cell")) as they were measured before"
            )
        }
        return lines + notes.map { "prices: \(Printable.line($0))" }
    }

    private static func row(
        _ component: String,
        _ what: String,
        _ count: String,
        _ amounts: String...
    ) -> String {
        let start = "\(component.padding(to: 11)) \(what.padding(to: 34)) \(count.padding(to: 6))"
        let cells = amounts.map { String(repeating: " ", count: max(0, 10 - $0.count)) + $0 }
        return start + cells.joined(separator: " ")
    }
}

extension CostRange {
    /// `about $0.42, from $0.31 to $1.20`, or that it is not known and why.
    var text: String {
        guard let expected = expected.usd else {
            let most = high.usd.map { ", at most \(Figures.usd($0))" } ?? ""
            return Figures.explained(self.expected) + most
        }
        return "about \(Figures.usd(expected)), from \(Figures.cost(low)) to \(Figures.cost(high))"
    }
}
