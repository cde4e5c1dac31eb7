public import PluginAPI

/// Shows an experiment while it happens, on standard error: lines that stay, and on a terminal one that moves.
public actor Console {
    private let terminal: Terminal
    private let clock: LabClock
    private let paint: Paint
    private var lines: EventLines
    /// What was created and what it costs.
    private var state: ExperimentState
    private let isSimulated: Bool
    private var frame = 0
    private var isStatusShown = false

    private static let spinner = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

    /// Makes a console.
    ///
    /// - Parameters:
    ///   - terminal: Where it is shown.
    ///   - clock: Time.
    ///   - resources: What was created before.
    ///   - isSimulated: Whether nothing of it is real.
    public init(
        terminal: Terminal,
        clock: LabClock,
        resources: ExperimentState = ExperimentState(),
        isSimulated: Bool = false
    ) {
        state = resources
        self.isSimulated = isSimulated
        self.terminal = terminal
        self.clock = clock
        paint = Paint(isOn: terminal.hasColour)
        lines = EventLines(detail: terminal.isLive ? .outcomes : .everything, paint: paint)
    }

    /// Shows events until their stream ends.
    public func follow(_ events: AsyncStream<Event>) async {
        await withTaskGroup { group in
            if terminal.isLive { group.addTask { await self.spin() } }
            for await event in events { show(event) }
            group.cancelAll()
        }
        clearStatus()
    }

    /// Prints lines that are no events: a heading, a question.
    public func say(_ text: String) {
        clearStatus()
        Terminal.write(text + "\n", to: 2)
    }

    private func show(_ event: Event) {
        state.apply(event)
        var new = lines.lines(for: event.what, at: clock.uptime())
        if case .cellEnded = event.what, let spending { new.append("    \(paint.dim(spending))") }
        if !new.isEmpty { clearStatus() }
        let stamp = terminal.isLive ? "" : "\(Timestamps.timeOfDay(event.time)) "
        for line in new { Terminal.write("\(stamp)\(line)\n", to: 2) }
        drawStatus()
    }

    private func spin() async {
        while !Task.isCancelled {
            frame += 1
            drawStatus()
            try? await clock.sleep(.milliseconds(100))
        }
    }

    private func drawStatus() {
        guard terminal.isLive else { return }
        guard let status = lines.status else { return clearStatus() }
        let mark = String(Self.spinner[frame % Self.spinner.count])
        let clockText = Durations.clock(clock.uptime() - status.since)
        let bar = status.fraction.map { Self.bar($0) + " " } ?? ""
        var text = "\(status.phase.padding(to: 10)) \(bar)\(status.text)" + (spending.map { " · \($0)" } ?? "")
        let room = terminal.width - clockText.count - 5
        if text.count > room { text = text.prefix(max(0, room - 1)) + "…" }
        Terminal.write("\r\u{1b}[K\(paint.cyan(mark)) \(text)  \(paint.dim(clockText))", to: 2)
        isStatusShown = true
    }

    /// What was spent so far, and what an hour costs now; nil when nothing costs anything.
    private var spending: String? {
        guard let spending = Spending(state.resources, at: clock.now()) else { return nil }
        let text = "\(Figures.cost(spending.spent)) spent, \(Figures.cost(spending.perHour)) an hour"
        return isSimulated ? "\(text) (simulated)" : text
    }

    private func clearStatus() {
        guard isStatusShown else { return }
        Terminal.write("\r\u{1b}[K", to: 2)
        isStatusShown = false
    }

    private static func bar(_ fraction: Double) -> String {
        let full = Int((fraction * 12).rounded())
        return String(repeating: "━", count: full) + String(repeating: "╌", count: 12 - full)
    }
}
