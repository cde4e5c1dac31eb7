import PluginAPI

/// A comparison as people read it: what may explain the differences first, then the differences.
package enum ComparisonText {
    /// Renders a comparison, ending in a newline.
    package static func render(_ comparison: Comparison) -> String {
        var lines = ["\(comparison.first) → \(comparison.second)"]
        lines += environment(comparison)
        lines += cells(comparison)
        let rows = comparison.pairs.lazy.flatMap { pair in
            pair.metrics.enumerated().map { index, metric in row(index == 0 ? name(of: pair) : "", metric) }
        }
        guard !rows.isEmpty else { return lines.joined(separator: "\n") + "\n" }
        let titles = ["CELL", "METRIC", " BEFORE", " AFTER", " CHANGE", " 95 % INTERVAL", " P", "VERDICT"]
        var text = lines.joined(separator: "\n") + "\n\n" + Columns.render(titles, rows)
        if comparison.pairs.contains(where: { $0.metrics.contains { $0.basis == .periods } }) {
            text += """

                ~ from the periods of single runs: weaker, because how much runs differ from each other is not in it;
                  three repetitions or more on either side say more

                """
        }
        return text
    }

    private static func environment(_ comparison: Comparison) -> [String] {
        guard !comparison.pairs.isEmpty else { return [] }
        guard !comparison.environment.isEmpty else { return ["environment: no difference is known"] }
        let all = comparison.pairs.count
        let rows = comparison.environment.map { difference in
            [
                "  " + Printable.line(difference.fact), Printable.line(difference.first ?? "-") + " →",
                Printable.line(difference.second ?? "-"),
                difference.cells == all ? "" : "in \(difference.cells) of \(all) cells",
            ]
        }
        let text = Columns.render(rows[0].map { _ in "" }, rows).split(separator: "\n")
        return ["environment: it differs, which may be why the figures do"] + text.map(String.init)
    }

    private static func cells(_ comparison: Comparison) -> [String] {
        var lines = ["cells: \(comparison.pairs.count) compared"]
        let left: [(String, [String])] = [
            ("only in \(comparison.first)", comparison.onlyInFirst),
            ("only in \(comparison.second)", comparison.onlyInSecond),
            ("left out, being invalid", comparison.invalid),
        ]
        for (what, names) in left where !names.isEmpty {
            let shown = names.prefix(5).map(Printable.line).joined(separator: ", ")
            lines.append("  \(names.count) \(what): \(shown)\(names.count > 5 ? " …" : "")")
        }
        return lines
    }

    private static func name(of pair: Comparison.Pair) -> String {
        var name = Printable.line(pair.first)
        if pair.first != pair.second { name += " → " + Printable.line(pair.second) }
        let counts = pair.repetitions
        name += counts[0] == counts[1] ? " ×\(counts[0])" : " ×\(counts[0])/\(counts[1])"
        if pair.suspect > 0 { name += " (\(pair.suspect) suspect)" }
        if !pair.isSameContent { name += " (by name only)" }
        return name
    }

    private static func row(_ name: String, _ metric: MetricComparison) -> [String] {
        let interval = metric.interval.map { interval in
            (metric.basis == .periods ? "~ " : "")
                + "\(percent(interval.lowerBound)) … \(percent(interval.upperBound))"
        }
        return [
            name, metric.metric.title, metric.metric.text(metric.first), metric.metric.text(metric.second),
            metric.change.map(percent) ?? "-", interval ?? "-",
            metric.p.map { $0 < 0.001 ? "< 0.001" : Figures.decimal($0, places: 3) } ?? "-",
            metric.verdict.rawValue,
        ]
    }

    /// A share as a change in per cent: `+4.2 %`.
    static func percent(_ share: Double) -> String {
        (share > 0 ? "+" : "") + Figures.decimal(share * 100, places: 1) + " %"
    }
}
