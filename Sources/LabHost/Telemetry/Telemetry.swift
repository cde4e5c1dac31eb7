public import PluginAPI
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What LabHost is doing, as Prometheus reads it: a fold over the journal's events, and counters of this process.
///
/// What is not known has no line: there is no spend before there are prices, and no rate before there is a period.
public final class Telemetry: Sendable {
    private struct State {
        var experiment: ExperimentState
        var phase: String?
        var cell: String?
        var sample: PeriodSample?
    }

    private let plan: String
    private let experiment: ExperimentID
    private let version: String
    private let cells: Int
    private let clock: LabClock
    private let calls: @Sendable () -> [String: Int]
    private let retries: @Sendable () -> Int
    private let state: Mutex<State>

    /// Begins with what is in the journal.
    ///
    /// - Parameters:
    ///   - experiment: The experiment.
    ///   - cells: How many cells it has.
    ///   - version: LabHost's version.
    ///   - known: What is in the journal already.
    ///   - clock: Time, for what is spent until now.
    ///   - calls: The AWS calls of this process so far, by `service:Action`.
    ///   - retries: How many of them were made again.
    public init(
        of experiment: Experiment,
        cells: Int,
        version: String,
        known: ExperimentState,
        clock: LabClock,
        calls: @escaping @Sendable () -> [String: Int],
        retries: @escaping @Sendable () -> Int
    ) {
        plan = experiment.planName
        self.experiment = experiment.id
        self.version = version
        self.cells = cells
        self.clock = clock
        self.calls = calls
        self.retries = retries
        state = Mutex(State(experiment: known))
    }

    /// Takes events into account until their stream ends.
    public func follow(_ events: AsyncStream<Event>) async {
        for await event in events { apply(event) }
    }

    func apply(_ event: Event) {
        state.withLock { state in
            state.experiment.apply(event)
            switch event.what {
            case .phaseStarted(let phase): state.phase = phase
            case .phaseEnded: state.phase = nil
            case .cellStarted(let cell, _, _): (state.cell, state.sample) = (cell, nil)
            case .cellEnded: (state.cell, state.sample) = (nil, nil)
            case .period(let sample): state.sample = sample
            default: break
            }
        }
    }

    /// The text, in version 0.0.4 of the exposition format.
    public var text: String {
        let state = state.withLock { $0 }
        var page = Page()
        page.add(
            "info",
            "What runs.",
            [([("version", version), ("experiment", experiment.rawValue), ("plan", plan)], 1)]
        )
        page.add("phase", "The phase under way.", state.phase.map { [([("phase", $0)], 1)] } ?? [])
        page.add("cell", "The cell under way.", state.cell.map { [([("cell", $0)], 1)] } ?? [])
        page.add("cells_scheduled", "The cells of the schedule.", [([], Double(cells))])
        let verdicts = state.experiment.cells.values.compactMap(\.verdict)
        page.add(
            "cells",
            "The cells that ended, by verdict.",
            [Verdict.valid, .suspect, .invalid].map { verdict in
                ([("verdict", verdict.rawValue)], Double(verdicts.count { $0 == verdict }))
            }
        )
        if let sample = state.sample { add(sample, to: &page) }
        page.add(
            "aws_calls_total",
            "AWS calls of this process, repeated ones among them.",
            calls().sorted { $0.key < $1.key }.map { ([("call", $0.key)], Double($0.value)) },
            kind: "counter"
        )
        page.add("aws_retries_total", "AWS calls that were made again.", [([], Double(retries()))], kind: "counter")
        let spending = Spending(state.experiment.resources, at: clock.now())
        page.add("spent_usd", "What it has cost, by list prices.", spending?.spent.usd.map { [([], $0)] } ?? [])
        page.add("usd_per_hour", "What it costs an hour.", spending?.perHour.usd.map { [([], $0)] } ?? [])
        return page.text
    }

    private func add(_ sample: PeriodSample, to page: inout Page) {
        let cell = [("cell", sample.cell)]
        func gauge(_ name: String, _ help: String, _ value: Double?) {
            page.add(name, help, value.map { [(cell, $0)] } ?? [])
        }
        gauge("publish_rate", "Messages acknowledged a second in the last period.", sample.publishRate)
        gauge("consume_rate", "Messages consumed a second in the last period.", sample.consumeRate)
        gauge("target_rate", "Messages a second that are asked for.", sample.targetRate.map(Double.init))
        gauge("backlog_messages", "Messages not yet consumed.", sample.backlog)
        gauge("publish_latency_p99_ms", "99th percentile of publish latency, in milliseconds.", sample.publishP99Ms)
    }

    /// Lines of the exposition format.
    private struct Page {
        var text = ""

        mutating func add(
            _ name: String,
            _ help: String,
            _ values: [(labels: [(String, String)], value: Double)],
            kind: String = "gauge"
        ) {
            guard !values.isEmpty else { return }
            text += "# HELP labhost_\(name) \(help)\n# TYPE labhost_\(name) \(kind)\n"
            for (labels, value) in values {
                let list = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
                text += "labhost_\(name)\(list.isEmpty ? "" : "{\(list)}") \(Self.number(value))\n"
            }
        }

        /// The format's own three escapes; any other character may stand in a label's value.
        private static func escaped(_ text: String) -> String {
            var escaped = String.UnicodeScalarView()
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
                case "\"": escaped.append(contentsOf: "\\\"".unicodeScalars)
                case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
                default: escaped.append(scalar)
                }
            }
            return String(escaped)
        }

        private static func number(_ value: Double) -> String {
            if value.isNaN { return "NaN" }
            if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
            return value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : String(value)
        }
    }
}
