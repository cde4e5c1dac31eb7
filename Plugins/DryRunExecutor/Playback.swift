import PluginAPI

/// A simulated job as it is at one moment.
struct Playback {
    private let running: SimulatedHosts.RunningJob
    private let speed: Double
    /// Seconds of the job's own time.
    private let time: Double

    /// Looks at a job at a moment.
    init(of running: SimulatedHosts.RunningJob, speed: Double, at now: Duration) {
        self.running = running
        self.speed = speed
        let played = min(now, running.stoppedAt ?? now) - running.startedAt
        time = played / .seconds(1) * speed
    }

    /// What the job is doing.
    var state: JobStatus.State {
        if hasEnded { return .exited(running.job.exit) }
        return running.stoppedAt == nil ? .running : .exited(143)
    }

    /// What it leaves, once it has ended.
    var files: [String: [UInt8]] { hasEnded ? running.job.files : [:] }

    /// The size of the log so far.
    var logSize: Int { lines.reduce(0) { $0 + $1.text.utf8.count } }

    /// The log so far, from an offset on.
    func log(from offset: Int) -> [UInt8] { Array(lines.flatMap { Array($0.text.utf8) }.dropFirst(offset)) }

    /// How long it is until there is log beyond an offset, or the job ends; nil when it is so already.
    func wait(beyond offset: Int) -> Duration? {
        guard state == .running, logSize <= offset else { return nil }
        let next = running.job.lines.first { $0.time > time }?.time ?? running.job.duration
        // A little more, so that rounding does not stop just short of it.
        return .seconds((next - time) / speed) + .microseconds(100)
    }

    private var hasEnded: Bool { time >= running.job.duration }
    private var lines: some Sequence<SimulatedRun.Line> { running.job.lines.prefix { $0.time <= time } }
}
