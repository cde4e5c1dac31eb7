import PluginAPI

/// What a cell did before it was measured: at times below 0, which is when measuring began.
struct WarmUp {
    /// The periods, in order.
    let samples: [PeriodSample]

    private let times: [Double]

    /// The warm-up of a cell's own run. Those of several probes are not the result's.
    init(of cell: ReportModel.MeasuredCell) {
        let own = cell.outcome.probes.isEmpty ? cell.record.samples.filter(\.isWarmup) : []
        let elapsed = own.compactMap { $0.elapsedSeconds.map(Double.init) }
        // Of an OMB that does not say how long it has warmed up, only the order is known.
        let known = elapsed.count == own.count ? elapsed : own.indices.map { Double($0 + 1) * 10 }
        let end = known.last ?? 0
        samples = own
        times = known.map { $0 - end }
    }

    /// When the first period ended; 0 without a warm-up.
    var start: Double { min(times.first ?? 0, 0) }

    /// A value of each period that has it.
    func points(_ value: (PeriodSample) -> Double?) -> [Series.Point] {
        zip(times, samples).compactMap { time, sample in value(sample).map { Series.Point(x: time, y: $0) } }
    }

    /// The ground behind it.
    static func shade(from start: Double, _ axis: Axis, _ frame: Frame) -> HTML {
        let (left, right) = (axis.scale.position(start), axis.scale.position(0))
        guard right - left >= 1 else { return HTML() }
        let words: HTML =
            right - left > 48
            ? "<text x=\"\(px: left + 4)\" y=\"\(px: frame.top + 10)\">warm-up</text>" : HTML()
        return """
            <rect class="shade" x="\(px: left)" y="\(px: frame.top)" width="\(px: right - left)" \
            height="\(px: frame.bottom - frame.top)"/>\(words)
            """
    }
}
