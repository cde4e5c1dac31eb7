import PluginAPI

/// Throughput and latency over the measured time, one small pair of charts for each cell.
struct TimeSection {
    let model: ReportModel

    /// The most cells that are drawn.
    static let mostCells = 12
    /// OMB reports a period about every so many seconds.
    private static let periodSeconds = 10.0

    var section: PageSection? {
        let all = model.measured.filter { $0.result.periods.count > 1 }
        guard !all.isEmpty else { return nil }
        let cells = model.spread(all, to: Self.mostCells)
        // One scale of latency for all, so that panels can be compared at a glance.
        let latencies = cells.flatMap { cell in
            cell.result.periods.flatMap { [$0.publishP99Ms, $0.endToEndP99Ms].compactMap { $0 } }
                + WarmUp(of: cell).samples.map(\.publishP99Ms)
        }
        let warmUp: HTML =
            cells.contains { !WarmUp(of: $0).samples.isEmpty }
            ? " Measuring begins at 0; what is shaded before it is the warm-up, which is in no figure." : HTML()
        let some: HTML =
            cells.count < all.count
            ? " Shown are \(cells.count) of \(all.count) cells, spread from the lowest p99 to the highest." : HTML()
        return PageSection(
            id: "time",
            title: "Over time",
            lead: """
                Periods of about ten seconds. All latencies have one scale.\(warmUp)\(some)
                """,
            content: "\(legend)<div class=\"panels\">\(cells.html { panel($0, latencies) })</div>"
        )
    }

    private var legend: HTML {
        Legend.html([
            Series(name: "published", colour: 1, points: []), Series(name: "consumed", colour: 2, points: []),
            Series(name: "target", colour: 8, isDashed: true, points: []),
            Series(name: "publish p99", colour: 3, points: []), Series(name: "end-to-end p99", colour: 4, points: []),
        ])
    }

    private func panel(_ cell: ReportModel.MeasuredCell, _ latencies: [Double]) -> HTML {
        let periods = cell.result.periods
        let warmUp = WarmUp(of: cell)
        func series(
            _ name: String,
            _ colour: Int,
            _ value: (BenchmarkResult.Period) -> Double?,
            before: (PeriodSample) -> Double? = { _ in nil }
        ) -> Series {
            let points = periods.enumerated().compactMap { index, period in
                value(period).map { Series.Point(x: Double(index + 1) * Self.periodSeconds, y: $0) }
            }
            return Series(name: name, colour: colour, points: warmUp.points(before) + points)
        }
        let span = warmUp.start...max(Double(periods.count) * Self.periodSeconds, Self.periodSeconds)
        let target = target(of: cell)
        var rates = [
            series("published", 1, \.publishRate, before: \.publishRate),
            series("consumed", 2, \.consumeRate, before: \.consumeRate),
        ]
        if let target {
            let ends = [Self.periodSeconds, span.upperBound].map { Series.Point(x: $0, y: target) }
            rates.append(Series(name: "target", colour: 8, isDashed: true, points: ends))
        }
        let times = [
            series("publish p99", 3, \.publishP99Ms, before: \.publishP99Ms),
            series("end-to-end p99", 4, \.endToEndP99Ms),
        ].filter { !$0.points.isEmpty }
        let rate = chart(cell, rates, "msg/s", height: 92, span) {
            Scale.linear($0, fromZero: true, from: $1, to: $2)
        }
        let latency = chart(cell, times, "p99, ms", height: 92, span) { _, from, to in
            Scale.logarithmic(latencies, from: from, to: to)
        }
        return """
            <figure><figcaption title="\(cell.name)">\(cell.name)<small>\(Badge.html(cell.outcome.verdict)) \
            \(Self.summary(of: cell))</small></figcaption>\(rate)\(times.isEmpty ? HTML() : latency)\
            \(InsideCharts(model.record.metrics).html(of: cell.record))\(table(periods))</figure>
            """
    }

    private func chart(
        _ cell: ReportModel.MeasuredCell,
        _ series: [Series],
        _ unit: String,
        height: Double,
        _ span: ClosedRange<Double>,
        scale: ([Double], Double, Double) -> Scale
    ) -> HTML {
        let frame = Frame(width: Responsive.narrow, height: height)
        let isLong = span.upperBound - span.lowerBound > 600
        let divisor = isLong ? 60.0 : 1
        let ends = [span.lowerBound / divisor, 0, span.upperBound / divisor]
        let x = Axis(Scale.linear(ends, from: frame.left, to: frame.right), isLong ? "min" : "s")
        let scaled = series.map { series in
            var series = series
            series.points = series.points.map { Series.Point(x: $0.x / divisor, y: $0.y) }
            return series
        }
        let y = Axis(scale(series.flatMap { $0.points.map(\.y) }, frame.bottom, frame.top), unit)
        return Drawing(
            title: HTML(),
            summary: "\(unit) of \(cell.name) over time; the numbers are in the table below",
            width: Responsive.narrow,
            height: frame.bottom + x.depth,
            content: """
                \(WarmUp.shade(from: ends[0], x, frame))\(x.below(frame))\(y.beside(frame))\(scaled.html { $0.line(x, y) })
                """
        ).svg
    }

    /// The two numbers that the panel's lines are about.
    private static func summary(of cell: ReportModel.MeasuredCell) -> String {
        let latency = Numbers.latency(cell.result.publishLatency.p99Ms)
        return "\(Numbers.whole(cell.result.publishRate)) msg/s · p99 \(latency) ms"
    }

    private func target(of cell: ReportModel.MeasuredCell) -> Double? {
        (cell.record.cell.workload.producerRate ?? cell.outcome.finding?.lastGoodRate).map(Double.init)
    }

    private func table(_ periods: [BenchmarkResult.Period]) -> HTML {
        let rows = Downsample.evenly(Array(periods.enumerated()), to: 60).map { index, period in
            [
                "\(Int(Double(index + 1) * Self.periodSeconds))", Numbers.whole(period.publishRate),
                Numbers.whole(period.consumeRate), Numbers.latency(period.publishP99Ms),
                Numbers.latency(period.endToEndP99Ms),
            ]
        }
        return DataTable(heads: ["s", "published", "consumed", "publish p99", "e2e p99"], rows: rows).folded()
    }
}
