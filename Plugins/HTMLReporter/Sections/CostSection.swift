import PluginAPI

/// What it cost, and what one got for it: cost against latency with the cells that none beats in both.
struct CostSection {
    let model: ReportModel

    /// The most cells that are drawn.
    static let mostCells = 400

    var section: PageSection? {
        guard let costs = model.record.costs else { return nil }
        return PageSection(
            id: "cost",
            title: "Cost",
            lead: lead(costs),
            content: "\(chart)\(items(costs))"
        )
    }

    private func lead(_ costs: ExperimentCosts) -> HTML {
        let basis: HTML =
            switch costs.basis {
            case .estimate: "Measured seconds × list prices, in USD."
            case .actual: "As billed, in USD."
            }
        let prices: HTML = costs.pricesAsOf.map { " Prices of \(Numbers.minute($0))." } ?? HTML()
        return
            "\(basis)\(prices) In all \(Self.text(costs.total)), of which \(Self.text(costs.overhead)) while no cell ran."
    }

    /// A cell with a known cost.
    private struct Priced {
        var cell: ReportModel.MeasuredCell
        var cost: Double
        var latency: Double
    }

    private var chart: HTML {
        let priced = model.measured.compactMap { cell in
            cell.costs?.perMillionMessages.usd.map {
                Priced(cell: cell, cost: $0, latency: cell.result.publishLatency.p99Ms)
            }
        }
        guard !priced.isEmpty else {
            return "<p class=\"note\">No cell's cost is known, so there is nothing to set against its latency.</p>"
        }
        let unknown = model.measured.count - priced.count
        let front = Self.front(of: priced)
        let shown = model.spread(priced.map(\.cell), to: Self.mostCells)
        let names = Set(shown.map(\.name)).union(front.map(\.cell.name))
        let marks = priced.filter { names.contains($0.cell.name) }
        let missing: HTML = unknown > 0 ? " The cost of \(unknown) cells is unknown; they are not in it." : HTML()
        let rows = front.map { [$0.cell.name, Numbers.dollars($0.cost), Numbers.latency($0.latency)] }
        let table = DataTable(heads: ["cell", "$ / million messages", "p99, ms"], rows: Array(rows.prefix(60)))
        return """
            <figure><figcaption>Cost of a million messages against p99 latency\
            <small>Lower left is better; no cell beats those on the line in both.\(missing)</small></figcaption>\
            \(Responsive.html { drawing(marks, front, width: $0) })\(table.folded("The cells on the line"))</figure>
            """
    }

    private func drawing(_ priced: [Priced], _ front: [Priced], width: Double) -> HTML {
        let frame = Frame(width: width, height: width > 500 ? 260 : 210, left: 50, right: 16)
        let x = Axis(
            Scale.linear(priced.map(\.cost), fromZero: true, from: frame.left, to: frame.right),
            "USD per million messages"
        ) { "$" + Numbers.trimmed(Figures.decimal($0, places: 5)) }
        let y = Axis(
            Scale.logarithmic(priced.map(\.latency), from: frame.bottom, to: frame.top),
            "publish p99, ms"
        )
        let best = Set(front.map(\.cell.name))
        let line = Series(name: "best", colour: 1, points: front.map { Series.Point(x: $0.cost, y: $0.latency) })
        let marks = priced.html { item in
            Mark(
                x: item.cost,
                y: item.latency,
                shape: item.cell.isSuspect ? .hollow : .filled,
                colour: best.contains(item.cell.name) ? 1 : 8,
                words: "\(item.cell.name): \(Numbers.dollars(item.cost)), \(Numbers.latency(item.latency)) ms"
            ).html(x, y)
        }
        return Drawing(
            title: HTML(),
            summary: "Cost of a million messages against p99 latency of \(priced.count) cells",
            width: width,
            height: frame.bottom + x.depth,
            content: "\(x.below(frame))\(y.beside(frame))\(line.line(x, y))\(marks)",
            hasValues: false
        ).svg
    }

    /// The valid cells that no valid cell beats in both, by rising cost.
    private static func front(of priced: [Priced]) -> [Priced] {
        var lowest = Double.infinity
        return priced.filter { !$0.cell.isSuspect }
            .sorted { ($0.cost, $0.latency) < ($1.cost, $1.latency) }
            .filter { item in
                guard item.latency < lowest else { return false }
                lowest = item.latency
                return true
            }
    }

    private func items(_ costs: ExperimentCosts) -> HTML {
        guard !costs.items.isEmpty else { return HTML() }
        let rows = costs.items.map { item in
            [
                item.component ?? "shared", item.kind, item.what, Numbers.whole(item.count),
                Numbers.duration(seconds: item.seconds), Self.text(item.cost),
            ]
        }
        let heads = ["component", "kind", "what", "number", "time in all", "cost"]
        return "<h3>What was paid for</h3>\(DataTable(heads: heads, rows: rows).html)"
    }

    private static func text(_ cost: Cost) -> String {
        switch cost {
        case .usd(let amount): Numbers.dollars(amount)
        case .unknown(let reason): "unknown (\(reason))"
        }
    }
}
