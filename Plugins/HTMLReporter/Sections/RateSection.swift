import PluginAPI

/// Rate against latency for cells of several probes, with the place marked where the system stops to hold.
struct RateSection {
    let model: ReportModel

    /// The most cells that are drawn.
    static let mostCells = 12

    var section: PageSection? {
        let all = model.measured.filter { Self.points(of: $0).count > 1 }
        guard !all.isEmpty else { return nil }
        let cells = Array(all.prefix(Self.mostCells))
        let some: HTML =
            cells.count < all.count ? " Shown are the first \(cells.count) of \(all.count) cells." : HTML()
        return PageSection(
            id: "rates",
            title: "Rate against latency",
            lead: """
                Each mark is one probe: the rate that was published, and the latency at it. Hollow marks did not hold or are \
                suspect. The lines down are the highest rate that held and the lowest that did not, with what it did not keep.\(some)
                """,
            content: "<div class=\"panels\">\(cells.html(panel))</div>"
        )
    }

    private struct Point {
        var probe: ProbeOutcome
        var rate: Double
        var latency: Double
    }

    private static func points(of cell: ReportModel.MeasuredCell) -> [Point] {
        let percentile = percentile(of: cell.record.cell.policy)
        return cell.outcome.probes.compactMap { probe in
            guard probe.verdict != .invalid, let result = probe.result else { return nil }
            guard let latency = latency(of: result, percentile) else { return nil }
            return Point(probe: probe, rate: result.publishRate, latency: latency)
        }.sorted { $0.rate < $1.rate }
    }

    private func panel(_ cell: ReportModel.MeasuredCell) -> HTML {
        let points = Self.points(of: cell)
        let (what, objective) = Self.percentile(of: cell.record.cell.policy)
        let frame = Frame(width: Responsive.narrow, top: Rule.roomAbove, height: 190)
        let finding = cell.outcome.finding
        let rates =
            points.map(\.rate) + [finding?.lastGoodRate, finding?.firstBadRate].compactMap { $0.map(Double.init) }
        let x = Axis(Scale.linear(rates, fromZero: true, from: frame.left, to: frame.right), "published, msg/s")
        let y = Axis(
            Scale.logarithmic(
                points.map(\.latency) + (objective.map { [$0] } ?? []),
                from: frame.bottom,
                to: frame.top
            ),
            "\(what), ms"
        )
        var content: HTML = "\(x.below(frame))\(y.beside(frame))"
        if let objective {
            content += Rule.across(at: objective, y, frame, "objective \(Numbers.significant(objective)) ms")
        }
        if let good = finding?.lastGoodRate {
            content += Rule.down(at: Double(good), x, frame, "\(Numbers.whole(good)) held", line: 1)
        }
        if let bad = finding?.firstBadRate {
            let why = finding?.criterion.map { ": \(Self.text(of: $0))" } ?? " did not"
            content += Rule.down(at: Double(bad), x, frame, "\(Numbers.whole(bad))\(why)", isFaint: true)
        }
        let line = points.map { Series.Point(x: $0.rate, y: $0.latency) }
        content += Series(name: what, colour: 1, points: line).line(x, y)
        content += points.html { mark($0, what).html(x, y) }
        let drawing = Drawing(
            title: HTML(),
            summary: "\(what) against the published rate of \(cell.name); the numbers are in the table below",
            width: Responsive.narrow,
            height: frame.bottom + x.depth,
            content: content,
            hasValues: false
        )
        return """
            <figure><figcaption title="\(cell.name)">\(cell.name)<small>\(Badge.html(cell.outcome.verdict)) \
            \(Self.text(of: finding))</small></figcaption>\(drawing.svg)\
            \(table(cell))</figure>
            """
    }

    private func mark(_ point: Point, _ what: String) -> Mark {
        let doubt = point.probe.failure ?? point.probe.reasons.first
        return Mark(
            x: point.rate,
            y: point.latency,
            shape: doubt == nil ? .filled : .hollow,
            colour: doubt == nil ? 1 : 2,
            words: "\(point.probe.name): \(Numbers.whole(point.rate)) msg/s, \(Numbers.latency(point.latency)) ms"
                + (doubt.map { " – \($0)" } ?? "")
        )
    }

    /// What was found, in a line.
    private static func text(of finding: Finding?) -> String {
        guard let finding else { return "" }
        let good = finding.lastGoodRate.map { "\(Numbers.whole($0)) msg/s held" } ?? "no rate held"
        let bad = finding.firstBadRate.map { ", \(Numbers.whole($0)) did not" } ?? ""
        return good + bad + (finding.isConfirmed ? ", confirmed" : "")
    }

    /// What a rate did not keep, as short as it stands in a chart.
    private static func text(of criterion: Finding.Criterion) -> String {
        let measured = Numbers.significant(criterion.measured)
        let limit = Numbers.significant(criterion.limit)
        return switch criterion.what {
        case .latency: "\(measured) > \(limit) ms"
        case .achievedRate: "\(measured) < \(limit) % of it"
        case .failedSends: "\(measured) > \(limit) % failed"
        case .result: "no result"
        }
    }

    /// Which latency the policy looks at, and the value that it must not exceed.
    private static func percentile(of policy: RatePolicy) -> (name: String, limitMs: Double?) {
        switch policy {
        case .search(let search):
            let of = search.objective.of == .endToEnd ? "end-to-end" : "publish"
            return ("\(of) p\(Numbers.significant(search.objective.percentile))", search.objective.latencyMs)
        case .untilFailure(let policy):
            let name = "publish p\(Numbers.significant(policy.criteria.latencyPercentile))"
            return policy.criteria.maxLatencyMs == nil ? ("publish p99", nil) : (name, policy.criteria.maxLatencyMs)
        case .fixed, .maximum, .ramp: return ("publish p99", nil)
        }
    }

    private static func latency(of result: BenchmarkResult, _ what: (name: String, limitMs: Double?)) -> Double? {
        let latency = what.name.hasPrefix("end-to-end") ? result.endToEndLatency : result.publishLatency
        switch what.name.split(separator: " ").last {
        case "p50": return latency?.p50Ms
        case "p75": return latency?.p75Ms
        case "p95": return latency?.p95Ms
        case "p99.9": return latency?.p999Ms
        case "p99.99": return latency?.p9999Ms
        case "p100": return latency?.maxMs
        default: return latency?.p99Ms
        }
    }

    private func table(_ cell: ReportModel.MeasuredCell) -> HTML {
        let rows = cell.outcome.probes.prefix(60).map { probe in
            let result = probe.verdict == .invalid ? nil : probe.result
            return [
                probe.name, Numbers.whole(probe.rate), Numbers.whole(result?.publishRate),
                Numbers.latency(result?.publishLatency.p50Ms), Numbers.latency(result?.publishLatency.p99Ms),
                Numbers.latency(result?.publishLatency.p999Ms), probe.verdict.rawValue,
                probe.failure ?? probe.reasons.first ?? "held",
            ]
        }
        return DataTable(
            heads: ["probe", "asked", "published", "p50", "p99", "p99.9", "verdict", "why"],
            rows: Array(rows),
            textColumns: 2
        ).folded("The probes")
    }
}
