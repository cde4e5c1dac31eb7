import PluginAPI

/// A trend as a page of its own: it loads nothing, and can be opened from disk.
package enum TrendPage {
    private static let (width, height, left, top) = (720.0, 220.0, 90.0, 12.0)

    /// The page as HTML.
    package static func html(_ trend: Trend) -> String {
        let title = "\(trend.metric.title) over time"
        let sections = trend.series.map { section($0, trend.metric) }.joined(separator: "\n")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(HTMLText.escaped(title)) · LabHost</title>
            <style>
            :root { color-scheme: light dark; --text: #1c2430; --back: #ffffff; --quiet: #5c6773; --line: #d5dbe1; \
            --point: #1f6feb; --mark: #b3261e; }
            @media (prefers-color-scheme: dark) { :root { --text: #e6eaef; --back: #12161b; --quiet: #9aa5b1; \
            --line: #323a43; --point: #6ea8fe; --mark: #ff8a80; } }
            body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: var(--text); background: var(--back); \
            font: 16px/1.5 system-ui, sans-serif; }
            h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; overflow-wrap: anywhere; }
            svg { width: 100%; height: auto; } svg text { fill: var(--quiet); font-size: 12px; }
            .level { stroke: var(--quiet); stroke-width: 2; } .axis { stroke: var(--line); }
            .point { fill: var(--point); } .suspect { fill: var(--back); stroke: var(--point); stroke-width: 2; } \
            .change { fill: var(--mark); }
            .wide { overflow-x: auto; } table { border-collapse: collapse; font-size: .875rem; } \
            th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); \
            white-space: nowrap; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
            p, summary { color: var(--quiet); }
            </style>
            </head>
            <body>
            <h1>\(HTMLText.escaped(title))</h1>
            <p>A dot is an experiment (hollow: suspect), a line the median of a level. A diamond begins a new level: the values \
            before and after differ more than chance explains (p ≤ 0.01).</p>
            \(sections.isEmpty ? "<p>Nothing was measured that fits.</p>" : sections)
            </body>
            </html>

            """
    }

    private static func section(_ series: Trend.Series, _ metric: Metric) -> String {
        let name = HTMLText.escaped("\(series.plan) · \(series.cell)\(series.isSimulated ? " · simulated" : "")")
        let rows = series.points.reversed().map { point in
            let marks = [(point.isChange, "new level"), (point.isSuspect, "suspect")].filter(\.0).map(\.1)
            return "<tr><td>\(Timestamps.minute(point.at))</td><td>\(HTMLText.escaped(point.experiment))</td>"
                + "<td class=\"n\">\(HTMLText.escaped(metric.text(point.value)))</td><td class=\"n\">\(point.repetitions)</td>"
                + "<td>\(marks.joined(separator: ", "))</td></tr>"
        }
        return """
            <section>
            <h2>\(name)</h2>
            \(chart(series, metric))
            <details><summary>\(series.points.count) experiments</summary><div class="wide"><table>
            <thead><tr><th>date</th><th>experiment</th><th class="n">\(HTMLText.escaped(metric.title))</th>\
            <th class="n">runs</th><th>mark</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div></details>
            </section>
            """
    }

    private static func chart(_ series: Trend.Series, _ metric: Metric) -> String {
        let values = series.points.map(\.value)
        guard let low = values.min(), let high = values.max() else { return "" }
        func x(_ index: Int) -> Double {
            left + (values.count < 2 ? 0.5 : Double(index) / Double(values.count - 1)) * (width - left - 12)
        }
        func y(_ value: Double) -> Double {
            top + (high == low ? 0.5 : (high - value) / (high - low)) * (height - top - 28)
        }
        func number(_ value: Double) -> String { Figures.decimal(value, places: 1) }
        var parts = [high, (low + high) / 2, low].map { value in
            "<line class=\"axis\" x1=\"\(number(left))\" x2=\"\(number(width))\" y1=\"\(number(y(value)))\" "
                + "y2=\"\(number(y(value)))\"/><text x=\"\(number(left - 8))\" y=\"\(number(y(value) + 4))\" "
                + "text-anchor=\"end\">\(HTMLText.escaped(metric.text(value)))</text>"
        }
        for (range, median) in series.levels {
            parts.append(
                "<line class=\"level\" x1=\"\(number(x(range.lowerBound)))\" x2=\"\(number(x(range.upperBound - 1)))\" "
                    + "y1=\"\(number(y(median)))\" y2=\"\(number(y(median)))\"/>"
            )
        }
        for (index, point) in series.points.enumerated() {
            let text = "\(Timestamps.minute(point.at)) \(point.experiment): \(metric.text(point.value))"
            let (cx, cy) = (x(index), y(point.value))
            let shape =
                point.isChange
                ? "<path class=\"change\" d=\"M\(number(cx)) \(number(cy - 8))l8 8-8 8-8-8z\">"
                : "<circle class=\"\(point.isSuspect ? "suspect" : "point")\" cx=\"\(number(cx))\" cy=\"\(number(cy))\" r=\"4\">"
            parts.append(
                "\(shape)<title>\(HTMLText.escaped(text))</title>\(point.isChange ? "</path>" : "</circle>")"
            )
        }
        let dates = [(0, "start"), (values.count - 1, "end")].prefix(values.count > 1 ? 2 : 1).map { index, anchor in
            "<text x=\"\(number(x(index)))\" y=\"\(number(height - 6))\" text-anchor=\"\(anchor)\">"
                + "\(Timestamps.minute(series.points[index].at).prefix(10))</text>"
        }
        let label = HTMLText.escaped("\(metric.title) of \(series.cell), \(values.count) experiments")
        return "<svg viewBox=\"0 0 \(Int(width)) \(Int(height))\" role=\"img\" aria-label=\"\(label)\">"
            + (parts + dates).joined() + "</svg>"
    }
}
