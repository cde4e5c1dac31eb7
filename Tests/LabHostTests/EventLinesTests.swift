import PluginAPI
import Testing

@testable import LabHost

@Suite("A run is shown while it happens")
struct EventLinesTests {
    private let sample = PeriodSample(
        cell: "fixed-10k",
        isWarmup: false,
        offsetSeconds: 101.5,
        elapsedSeconds: 30,
        expectedSeconds: 300,
        targetRate: 10_000,
        publishRate: 9998,
        consumeRate: 9950,
        publishErrorRate: 0,
        backlog: 1200,
        publishP99Ms: 4.21,
        publishDelayP99Ms: 0.3
    )

    @Test func `a period says the phase, how far it is, the rates against the target, latency, backlog and errors`() {
        var lines = EventLines(detail: .everything, paint: Paint(isOn: false))
        #expect(
            lines.lines(for: .period(sample: sample), at: .zero) == [
                "  fixed-10k: measuring 00:30 of 05:00 · 9,998 of 10.0k msg/s · consumed 9,950 · p99 4.2 ms · "
                    + "backlog 1,200 · 0 errors/s"
            ]
        )
    }

    @Test func `what is unknown is not shown as a number`() {
        var unknown = sample
        (unknown.elapsedSeconds, unknown.targetRate, unknown.publishErrorRate) = (nil, nil, nil)
        unknown.isWarmup = true
        var lines = EventLines(detail: .everything, paint: Paint(isOn: false))
        #expect(
            lines.lines(for: .period(sample: unknown), at: .zero)
                == ["  fixed-10k: warm-up · 9,998 msg/s · consumed 9,950 · p99 4.2 ms · backlog 1,200"]
        )
    }

    @Test func `on a terminal it is the line that moves, and stays the last word until the phase changes`() {
        var lines = EventLines(detail: .outcomes, paint: Paint(isOn: false))
        _ = lines.lines(for: .phaseStarted(phase: "benchmark"), at: .zero)
        _ = lines.lines(for: .cellStarted(cell: "fixed-10k", index: 1, of: 3), at: .zero)
        #expect(lines.lines(for: .period(sample: sample), at: .zero) == [])
        #expect(lines.status?.text.hasPrefix("1/3 fixed-10k · measuring 00:30 of 05:00 · 9,998 of 10.0k msg/s") == true)
    }

    @Test func `elsewhere a period is one line, and progress that says nothing new is none`() {
        var lines = EventLines(detail: .everything, paint: Paint(isOn: false))
        _ = lines.lines(for: .phaseStarted(phase: "benchmark"), at: .zero)
        _ = lines.lines(for: .cellStarted(cell: "fixed-10k", index: 1, of: 3), at: .zero)
        func progress(_ label: String, _ seconds: Int) -> [String] {
            lines.lines(for: .progress(phase: "benchmark", progress: Progress(label)), at: .seconds(seconds))
        }
        #expect(progress("fixed-10k: measuring", 10) == ["  fixed-10k: measuring"])
        #expect(progress("fixed-10k: measuring", 20) == [])
        #expect(progress("fixed-10k: writing the result", 30) == ["  fixed-10k: writing the result"])
    }
}
