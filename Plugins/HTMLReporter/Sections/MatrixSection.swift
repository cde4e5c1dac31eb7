import PluginAPI

/// The metrics over the values that the matrix varies: heat maps, which are tables, too.
struct MatrixSection {
    private let model: ReportModel
    /// The factors that really vary, each with its values in order.
    private let factors: [(path: String, values: [String])]
    /// The factor that goes across, and the one that goes down.
    private let across: (path: String, values: [String])?
    private let down: (path: String, values: [String])?

    /// The most maps, and the most values along a side of one.
    static let mostMaps = 24
    static let mostValues = 24
    /// The shades of a map, from the worst to the best.
    static let shades = 5

    init(model: ReportModel) {
        self.model = model
        factors = model.factors.map { ($0, Self.values(of: $0, model)) }.filter { $0.values.count > 1 }
        // The factor with the most values goes across, the next one down.
        let order = factors.sorted { left, right in
            left.values.count == right.values.count
                ? left.path < right.path : left.values.count > right.values.count
        }
        across = order.first
        down = order.count > 1 ? order[1] : nil
    }

    var section: PageSection? {
        guard across != nil else { return nil }
        let metrics = model.highlights.filter { metric in model.measured.contains { $0.value(of: metric) != nil } }
        guard !metrics.isEmpty else { return nil }
        var facets: [Facet] = []
        let cells = Dictionary(grouping: model.measured) { facet(of: $0.record.cell) }
        var seen: Set<Facet> = []
        for cell in model.measured {
            let facet = facet(of: cell.record.cell)
            if seen.insert(facet).inserted { facets.append(facet) }
        }
        let maps = facets.flatMap { facet in metrics.map { (facet, $0) } }
        let shown = maps.prefix(Self.mostMaps)
        let some: HTML =
            shown.count < maps.count ? " Shown are the first \(shown.count) of \(maps.count) maps." : HTML()
        return PageSection(
            id: "matrix",
            title: "Over the matrix",
            lead:
                "The median of the repetitions; the stronger the colour, the better. A dash was not measured or is not valid.\(some)",
            content: "<div class=\"maps\">\(shown.html { map($0.0, $0.1, cells[$0.0] ?? []) })</div>"
        )
    }

    private static func values(of path: String, _ model: ReportModel) -> [String] {
        Set(model.record.cells.compactMap { $0.cell.factors[path] }).sorted { left, right in
            if let one = Double(left), let other = Double(right) { return one < other }
            return left < right
        }
    }

    /// What a map stands for: the run, and the values of the factors that are on neither side.
    private struct Facet: Hashable {
        var run: String
        var others: [String]
    }

    private func facet(of cell: Cell) -> Facet {
        let others = factors.map(\.path).filter { $0 != across?.path && $0 != down?.path }
        return Facet(run: cell.run, others: others.map { "\(Self.short($0)) \(cell.factors[$0] ?? Numbers.unknown)" })
    }

    /// A place in a map.
    private struct Place: Hashable {
        var column: String
        var row: String
    }

    private func map(_ facet: Facet, _ metric: Metric, _ cells: [ReportModel.MeasuredCell]) -> HTML {
        guard let across else { return HTML() }
        let columns = across.values.prefix(Self.mostValues)
        let rows = (down?.values ?? [""]).prefix(Self.mostValues)
        let places = Dictionary(grouping: cells) { cell in
            let factors = cell.record.cell.factors
            return Place(column: factors[across.path] ?? "", row: down.map { factors[$0.path] ?? "" } ?? "")
        }
        let medians = rows.map { row in
            columns.map { column in
                Self.median((places[Place(column: column, row: row)] ?? []).compactMap { $0.value(of: metric) })
            }
        }
        let known = medians.flatMap { $0.compactMap { $0 } }
        guard let lowest = known.min(), let highest = known.max() else { return HTML() }
        let head = columns.html { "<th scope=\"col\" class=\"n\">\($0)</th>" }
        let body = zip(rows, medians).html { row, values in
            "<tr><th scope=\"row\">\(row)</th>\(values.html { tile($0, metric, lowest, highest) })</tr>"
        }
        let isCut = across.values.count > Self.mostValues || (down?.values.count ?? 0) > Self.mostValues
        let cut: HTML = isCut ? " (the first \(Self.mostValues) values of each)" : HTML()
        let title = ([facet.run] + facet.others).joined(separator: " · ")
        let unit = metric.unitAfter.isEmpty ? "" : ", \(metric.unitAfter)"
        let side: HTML = down.map { "\(Self.short($0.path)) ↓ &nbsp;" } ?? HTML()
        return """
            <figure><figcaption>\(metric.title)\(unit)<small>\(title)</small></figcaption>\
            <div class="scroll" tabindex="0"><table class="heat"><caption>\(side)\(Self.short(across.path)) →\(cut)\
            </caption><thead><tr><td></td>\(head)</tr></thead><tbody>\(body)</tbody></table></div></figure>
            """
    }

    private func tile(_ value: Double?, _ metric: Metric, _ lowest: Double, _ highest: Double) -> HTML {
        guard let value else { return "<td class=\"n none\">\(Numbers.unknown)</td>" }
        let share = highest > lowest ? (value - lowest) / (highest - lowest) : 1
        let goodness = metric.direction == .higherIsBetter ? share : 1 - (highest > lowest ? share : 0)
        let shade = min(Int(goodness * Double(Self.shades)), Self.shades - 1)
        return "<td class=\"n h\(shade)\">\(metric.text(value))</td>"
    }

    private static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// A path without what everybody knows: `broker instance type`.
    private static func short(_ path: String) -> String {
        path.split(separator: ".").suffix(2).joined(separator: " ").replacing("_", with: " ")
    }
}
