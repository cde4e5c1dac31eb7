package import PluginAPI

/// The table of results that ends a run on the console.
package enum ResultsTable {
    /// Renders the cells of an experiment, each with what casts doubt on it below.
    ///
    /// - Parameters:
    ///   - record: The experiment.
    ///   - width: The columns that there are; reasons are wrapped to fit, and long cell names are cut.
    /// - Returns: The table, ending in a newline. What is unknown is shown as a dash.
    package static func render(_ record: ExperimentRecord, width: Int) -> String {
        let width = max(width, 60)
        var lines: [String] = []
        if record.isSimulated {
            lines.append("SIMULATED: these numbers come from a model. Nothing was measured.")
        }
        let figures = record.cells.map(figures)
        let widths = titles.indices.map { column in
            ([titles[column]] + figures.map { $0[column] }).map(displayWidth).max() ?? 0
        }
        let taken = widths.reduce(0, +) + titles.count * gap.count
        let names = record.cells.map { Printable.line($0.cell.name) }
        let longest = (names + ["cell"]).map(displayWidth).max() ?? 0
        let nameWidth = min(longest, max(width - taken, 8))

        lines.append(row("cell", titles, nameWidth: nameWidth, widths))
        lines.append(String(repeating: "─", count: nameWidth + taken))
        for (index, cell) in record.cells.enumerated() {
            lines.append(row(names[index], figures[index], nameWidth: nameWidth, widths))
            if let finding = cell.outcome?.finding { lines += note(text(of: finding), width: width) }
            for reason in cell.outcome?.reasons ?? [] { lines += note(reason, width: width) }
        }
        return lines.map { $0 + "\n" }.joined()
    }

    private static let titles = ["verdict", "target/s", "publ/s", "MB/s", "p50 ms", "p99 ms", "p99.9 ms"]
    private static let gap = "  "

    private static func figures(of record: CellRecord) -> [String] {
        let workload = record.cell.workload
        let verdict = record.outcome?.verdict.rawValue ?? "no end"
        let rate = workload.producerRate ?? record.outcome?.finding?.lastGoodRate
        let target = rate.map { grouped(Double($0)) } ?? "search"
        guard let result = record.outcome?.result else { return [verdict, target, "-", "-", "-", "-", "-"] }
        let size = Double(result.messageSizeBytes ?? workload.messageSizeBytes)
        return [
            verdict,
            target,
            grouped(result.publishRate),
            significant(result.publishRate * size / 1e6),
            significant(result.publishLatency.p50Ms),
            significant(result.publishLatency.p99Ms),
            significant(result.publishLatency.p999Ms),
        ]
    }

    /// What a run of several probes found, in a line.
    private static func text(of finding: Finding) -> String {
        let good = finding.lastGoodRate.map { "\(grouped(Double($0))) msg/s held" } ?? "no rate held"
        let bad = finding.firstBadRate.map { "; \(grouped(Double($0))) did not" } ?? ""
        let limit = finding.limit.map { ": \($0)" } ?? ""
        return good + (finding.isConfirmed ? ", confirmed" : "") + bad + limit
    }

    private static func row(_ name: String, _ cells: [String], nameWidth: Int, _ widths: [Int]) -> String {
        var line = cut(name, to: nameWidth)
        for (index, cell) in cells.enumerated() {
            let padding = String(repeating: " ", count: widths[index] - displayWidth(cell))
            // The verdict is a word; the others are numbers.
            line += gap + (index == 0 ? cell + padding : padding + cell)
        }
        return line
    }

    /// A reason, wrapped at words, indented under its cell.
    private static func note(_ text: String, width: Int) -> [String] {
        var lines = ["  -"]
        for word in Printable.line(text).split(separator: " ") {
            let last = lines.removeLast()
            if displayWidth(last) + 1 + displayWidth(String(word)) <= width {
                lines.append("\(last) \(word)")
            } else {
                lines += [last, "    \(word)"]
            }
        }
        return lines
    }

    /// The text at exactly a width: padded, or cut with an ellipsis.
    private static func cut(_ text: String, to width: Int) -> String {
        var result = text
        if displayWidth(text) > width {
            while displayWidth(result) > width - 1 { result.removeLast() }
            result += "…"
        }
        return result + String(repeating: " ", count: width - displayWidth(result))
    }

    /// How many columns of a terminal the text takes.
    private static func displayWidth(_ text: String) -> Int {
        text.reduce(0) { width, character in
            guard let scalar = character.unicodeScalars.first else { return width }
            return width + (isWide(scalar) ? 2 : 1)
        }
    }

    /// Whether a character takes two columns: East Asian wide and full-width forms, and emoji.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115f, 0x2e80...0x303e, 0x3041...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
            0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd:
            true
        default: scalar.properties.isEmojiPresentation
        }
    }

    /// A whole number with a comma before every three digits.
    private static func grouped(_ value: Double) -> String {
        guard let whole = Int(exactly: value.rounded()) else { return "-" }
        let digits = Array(String(whole.magnitude))
        var result = whole < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return result
    }

    /// Three digits that matter, where the value is small enough for decimals to.
    private static func significant(_ value: Double) -> String {
        guard value.isFinite else { return "-" }
        let decimals = value.magnitude < 1 ? 3 : value.magnitude < 10 ? 2 : value.magnitude < 1000 ? 1 : 0
        guard decimals > 0 else { return grouped(value) }
        let scale = [1, 10, 100, 1000][decimals]
        guard let scaled = Int(exactly: (value * Double(scale)).rounded()) else { return "-" }
        let fraction = String(scaled.magnitude % UInt(scale))
        let sign = scaled < 0 ? "-" : ""
        return
            "\(sign)\(scaled.magnitude / UInt(scale)).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
    }
}
