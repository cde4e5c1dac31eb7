import PluginAPI

/// Turns events into lines for people: a fold that keeps only what the next line needs.
struct EventLines {
    /// How much is said.
    enum Detail {
        /// What a person at a terminal wants to keep on the screen; the rest is in the status line.
        case outcomes
        /// One line for each event, for logs and CI.
        case everything
    }

    let detail: Detail
    let paint: Paint
    private var phaseStart: Duration?
    private var configuringSince: Duration?
    private var lastLabel = ""
    private var lastProgress: Duration = .seconds(-60)
    /// What is going on now, for the status line; nil between phases.
    private(set) var status: Status?
    private var paused: Status?

    /// What is going on now.
    struct Status {
        var phase: String
        var since: Duration
        var text = ""
        var fraction: Double?
    }

    init(detail: Detail, paint: Paint) {
        self.detail = detail
        self.paint = paint
    }

    /// The lines that an event is worth, given the time on the process's clock.
    mutating func lines(for event: Event.What, at now: Duration) -> [String] {
        switch event {
        case .phaseStarted(let phase):
            phaseStart = now
            status = Status(phase: phase, since: now)
            return detail == .everything ? ["\(phase) …"] : []
        case .phaseEnded(let phase, let summary, let error):
            defer { status = nil }
            let took = Durations.short(now - (phaseStart ?? now))
            return [outcome(of: phase, error == nil ? summary : error?.message ?? "", failed: error != nil, took)]
        case .progress(_, let progress): return show(progress, at: now)
        case .note(_, let level, let text):
            guard level == .warning || (detail == .everything && level == .info) else { return [] }
            return [level == .warning ? paint.yellow("! \(Printable.line(text))") : "  \(Printable.line(text))"]
        case .previewed(let counts): return preview(counts)
        case .intended:
            resume()
            return []
        case .created(let resource): return detail == .everything ? ["  created \(resource.kind) \(resource.id)"] : []
        case .deleted(let kind, let id): return detail == .everything ? ["  deleted \(kind) \(id)"] : []
        case .cellStarted(let cell, let index, let count):
            status = Status(phase: "benchmark", since: now, text: "\(index)/\(count) \(cell)")
            return detail == .everything ? ["  \(index)/\(count) \(cell) …"] : []
        case .cellEnded(let cell, let verdict, let reasons): return ended(cell, verdict, reasons)
        case .period(let sample): return show(sample)
        case .reported(let reporter, let files, let error):
            guard let error else {
                return detail == .everything ? ["  \(reporter): \(files.joined(separator: ", "))"] : []
            }
            return [paint.red("  \(reporter): \(Printable.line(error.message))")]
        case .groupStarted(let group, let count):
            return count > 1 ? [paint.cyan("cluster \(group + 1) of \(count)")] : []
        case .configuring:
            configuringSince = now
            status = Status(phase: "benchmark", since: now, text: "giving the cluster other settings")
            return []
        case .configured:
            defer { configuringSince = nil }
            guard let configuringSince else { return [] }
            return ["  \(paint.cyan("reconfigured"))  \(paint.dim(Durations.short(now - configuringSince)))"]
        case .opened, .image, .hosts, .ready, .priced, .described, .receipt, .closed: return []
        }
    }

    /// What would be created; a person may be asked about it now, so nothing moves until the work goes on.
    private mutating func preview(_ counts: [String: Int]) -> [String] {
        (paused, status) = (status, nil)
        let list = counts.sorted { $0.key < $1.key }.map { "\($0.value) × \(Printable.line($0.key))" }
        return ["  \(counts.values.reduce(0, +)) resources to create: \(list.joined(separator: ", "))"]
    }

    private mutating func resume() {
        if status == nil { status = paused }
        paused = nil
    }

    private func outcome(of phase: String, _ summary: String, failed: Bool, _ took: String) -> String {
        let mark = failed ? paint.red("✗") : paint.green("✓")
        let name = phase.padding(to: 10)
        return "\(mark) \(name) \(Printable.line(summary))  \(paint.dim(took))"
    }

    private func ended(_ cell: String, _ verdict: Verdict, _ reasons: [String]) -> [String] {
        let mark =
            switch verdict {
            case .valid: paint.green("✓")
            case .suspect: paint.yellow("?")
            case .invalid: paint.red("✗")
            }
        return ["  \(mark) \(cell.padding(to: 24)) \(verdict.rawValue)"]
            + reasons.map { "    \(paint.dim(Printable.line($0)))" }
    }

    private mutating func show(_ progress: Progress, at now: Duration) -> [String] {
        resume()
        let label = Printable.line(progress.label)
        if status?.phase == "benchmark" {
            // The periods say more than the label does, once they come.
            let parts = status?.text.components(by: " · ") ?? []
            if parts.count < 3, let cell = parts.first {
                let name = cell.split(separator: " ").last ?? ""
                status?.text = "\(cell) · \(label.trimmingPrefix("\(name): "))"
            }
        } else {
            status?.text = label
        }
        status?.fraction = progress.total.flatMap { $0 > 0 ? min(1, progress.completed / $0) : nil }
        guard detail == .everything, now - lastProgress >= .seconds(2) else { return [] }
        // While a cell is measured, every period has a line of its own.
        if status?.phase == "benchmark", label == lastLabel { return [] }
        lastLabel = label
        lastProgress = now
        return ["  \(label)"]
    }

    private mutating func show(_ sample: PeriodSample) -> [String] {
        let text = Self.text(of: sample)
        let cell = status?.text.components(by: " · ").first ?? sample.cell
        status?.text = "\(cell) · \(text)"
        return detail == .everything ? ["  \(sample.cell): \(text)"] : []
    }
}

extension EventLines {
    /// A period in a line: the phase and how far it is, the rates against what was asked for, latency, backlog, errors.
    fileprivate static func text(of sample: PeriodSample) -> String {
        var phase = sample.isWarmup ? "warm-up" : "measuring"
        if let elapsed = sample.elapsedSeconds, let expected = sample.expectedSeconds {
            phase += " \(Durations.clock(.seconds(elapsed))) of \(Durations.clock(.seconds(expected)))"
        }
        let target = sample.targetRate.map { " of \(Figures.rate(Double($0)))" } ?? ""
        let parts = [
            phase,
            "\(Figures.rate(sample.publishRate))\(target) msg/s",
            "consumed \(Figures.rate(sample.consumeRate))",
            "p99 \(Figures.milliseconds(sample.publishP99Ms))",
            "backlog \(Figures.rate(sample.backlog))",
            sample.publishErrorRate.map { "\(Figures.rate($0)) errors/s" },
        ]
        return parts.compactMap(\.self).joined(separator: " · ")
    }
}

/// Colours, or none.
struct Paint {
    let isOn: Bool

    func green(_ text: String) -> String { wrap(text, "32") }
    func yellow(_ text: String) -> String { wrap(text, "33") }
    func red(_ text: String) -> String { wrap(text, "31") }
    func cyan(_ text: String) -> String { wrap(text, "36") }
    func dim(_ text: String) -> String { wrap(text, "2") }

    private func wrap(_ text: String, _ code: String) -> String { isOn ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text }
}

extension String {
    /// The parts between separators.
    func components(by separator: String) -> [String] { split(separator: separator).map(String.init) }

    /// The text with spaces after it, up to a width.
    func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
