import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the time went into: the phases one below the other, and the cells beneath them.
struct TimelineSection {
    let model: ReportModel

    /// The most cells that are drawn one by one.
    static let mostCells = 400
    private static let lane = 20.0

    var section: PageSection? {
        guard !model.record.phases.isEmpty else { return nil }
        return PageSection(
            id: "timeline",
            title: "What the time went into",
            content: "<figure>\(Responsive.html(drawing))\(table)</figure>"
        )
    }

    private var names: [String] {
        var seen: Set<String> = []
        return model.record.phases.map(\.name).filter { seen.insert($0).inserted }
    }

    private func drawing(width: Double) -> HTML {
        let start = model.record.startedAt
        let length = max(model.lastMoment.timeIntervalSince(start), 0.001)
        let (names, cells) = (names, model.record.cells.filter { $0.startedAt != nil })
        let hasCells = !cells.isEmpty && cells.count <= Self.mostCells
        let lanes = names.count + (hasCells ? 1 : 0)
        let frame = Frame(width: width, top: 6, height: Double(lanes) * Self.lane, left: 78)
        let (unit, divisor) = length > 7200 ? ("h", 3600.0) : length > 180 ? ("min", 60) : ("s", 1)
        let fitted = Scale.linear([0, length / divisor], from: frame.left, to: frame.right)
        // Wide as the experiment was long, so that no part of the picture is empty.
        let scale = Scale(
            low: 0,
            high: length / divisor,
            isLogarithmic: false,
            ticks: fitted.ticks.filter { $0 <= length / divisor },
            start: frame.left,
            end: frame.right
        )
        let x = Axis(scale, unit)
        func bar(_ from: Date, _ to: Date, lane: Int, _ kind: HTML, _ words: String) -> HTML {
            let left = scale.position(from.timeIntervalSince(start) / divisor)
            let right = scale.position(to.timeIntervalSince(start) / divisor)
            return """
                <rect class="bar \(kind)" x="\(px: left)" y="\(px: frame.top + Double(lane) * Self.lane + 4)" \
                width="\(px: max(right - left, 1))" height="\(px: Self.lane - 8)" data-tip="\(words)"/>
                """
        }
        var bars = HTML()
        for phase in model.record.phases {
            let end = phase.endedAt ?? model.lastMoment
            let took = Numbers.duration(seconds: end.timeIntervalSince(phase.startedAt))
            let kind: HTML = phase.error == nil ? "phase" : "invalid"
            let lane = names.firstIndex(of: phase.name) ?? 0
            bars += bar(phase.startedAt, end, lane: lane, kind, "\(phase.name): \(took)")
        }
        for cell in hasCells ? cells : [] {
            guard let from = cell.startedAt else { continue }
            let end = cell.endedAt ?? model.lastMoment
            let words = "\(cell.cell.name): \(Numbers.duration(seconds: end.timeIntervalSince(from)))"
            bars += bar(from, end, lane: names.count, Self.kind(of: cell.outcome?.verdict), words)
        }
        let labels = (names + (hasCells ? ["cells"] : [])).enumerated().html { lane, name in
            let y = frame.top + Double(lane) * Self.lane + Self.lane / 2 + 4
            return "<text x=\"\(px: frame.left - 8)\" y=\"\(px: y)\" text-anchor=\"end\">\(name)</text>"
        }
        return Drawing(
            title: HTML(),
            summary: "The phases of the experiment over time; how long each took is in the table below",
            width: width,
            height: frame.bottom + x.depth,
            content: "\(x.below(frame))\(labels)\(bars)",
            hasValues: false
        ).svg
    }

    private static func kind(of verdict: Verdict?) -> HTML {
        switch verdict {
        case .valid: "valid"
        case .suspect: "suspect"
        case .invalid: "invalid"
        case nil: "open"
        }
    }

    private var table: HTML {
        let whole = max(model.lastMoment.timeIntervalSince(model.record.startedAt), 0.001)
        var rows = names.map { name in
            let phases = model.record.phases.filter { $0.name == name }
            let took = phases.reduce(0) { $0 + ($1.endedAt ?? model.lastMoment).timeIntervalSince($1.startedAt) }
            let failed = phases.count { $0.error != nil }
            let open = phases.contains { $0.endedAt == nil }
            return [
                name, Numbers.whole(phases.count), Numbers.duration(seconds: took), Numbers.percent(took / whole),
                failed > 0 ? "failed" : open ? "did not end" : "done",
            ]
        }
        rows.append(["in all", "", Numbers.duration(seconds: whole), "", ""])
        return DataTable(heads: ["phase", "times", "took", "share", "ended"], rows: rows, textColumns: 1).html
    }
}
