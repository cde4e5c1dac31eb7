import PluginAPI

/// A simulated job as it is at one moment.
struct Playback {
    private let job: SimulatedHosts.RunningJob
    private let speed: Double
    /// Seconds of the job's own time.
    private let time: Double

    /// Looks at a job at a moment.
    init(of job: SimulatedHosts.RunningJob, speed: Double, at now: Duration) {
        self.job = job
        self.speed = speed
        let played = min(now, job.stoppedAt ?? now) - job.startedAt
        time = played / .seconds(1) * speed
    }

    /// What the job is doing.
    var state: JobStatus.State {
        if job.run == nil || hasEnded { return .exited(0) }
        return job.stoppedAt == nil ? .running : .exited(143)
    }

    /// The result, once it is written.
    var result: [UInt8]? { hasEnded ? job.run?.result : nil }

    /// The size of the log so far.
    var logSize: Int { lines.reduce(0) { $0 + $1.text.utf8.count } }

    /// The log so far, from an offset on.
    func log(from offset: Int) -> [UInt8] { Array(lines.flatMap { Array($0.text.utf8) }.dropFirst(offset)) }

    /// How long it is until there is log beyond an offset, or the job ends; nil when it is so already.
    func wait(beyond offset: Int) -> Duration? {
        guard let run = job.run, state == .running, logSize <= offset else { return nil }
        let next = run.lines.first { $0.time > time }?.time ?? run.duration
        // A little more, so that rounding does not stop just short of it.
        return .seconds((next - time) / speed) + .microseconds(100)
    }

    private var hasEnded: Bool { job.run.map { time >= $0.duration } ?? true }
    private var lines: some Sequence<SimulatedRun.Line> { (job.run?.lines ?? []).prefix { $0.time <= time } }
}
