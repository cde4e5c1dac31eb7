import PluginAPI

/// A job as it goes: what it prints and when, what it leaves, and how it ends.
struct SimulatedJob: Sendable {
    /// Its log, in order.
    var lines: [SimulatedRun.Line] = []
    /// What it leaves at its end, by path.
    var files: [String: [UInt8]] = [:]
    /// How long it goes on, in seconds of its own time.
    var duration = 0.0
    /// Its exit status at the end.
    var exit = 0

    /// A run of OMB.
    init(_ run: SimulatedRun, output: String) {
        lines = run.lines
        files = run.result.map { [output: $0] } ?? [:]
        duration = run.duration
    }

    /// A job of a scenario: all of its log comes at its start.
    init(_ answer: ScriptedAnswer) {
        lines = answer.output.isEmpty ? [] : [SimulatedRun.Line(time: 0, text: answer.output)]
        files = answer.files.mapValues { Array($0.utf8) }
        duration = answer.takes / .seconds(1)
        exit = answer.exit
    }

    /// A job that nobody knows what to make of: it succeeds at once.
    init() {}

    /// The job as it is when it may take only so long: what is left then is stopped.
    func stopped(after limit: Duration) -> SimulatedJob {
        guard duration > limit / .seconds(1) else { return self }
        var job = self
        job.duration = limit / .seconds(1)
        job.files = [:]
        job.exit = 143
        return job
    }
}
