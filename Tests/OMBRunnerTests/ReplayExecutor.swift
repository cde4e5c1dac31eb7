import PluginAPI
import PluginTestKit
import SystemPackage

/// Plays a recorded run again, each line at its own time, on a clock that moves only when somebody waits.
actor ReplayExecutor: DetachedJobs {
    static let descriptor = PluginDescriptor(id: "replay", phase: .execute, summary: "Plays a recorded run")

    private let console: [(time: Duration, text: String)]
    private let result: [UInt8]?
    /// Nil when the process hangs.
    private let exit: Int?
    private let clock: TestClock
    private let answerSize: Int
    private var startedAt: Duration?
    private(set) var started: [Job] = []
    private(set) var stopped: [String] = []
    private(set) var uploads: [String: String] = [:]
    private(set) var looks = 0
    private var outage: ClosedRange<Int>?
    private var answer: (@Sendable (Host) -> ScriptOutcome)?

    init(console: String, result: [UInt8]?, exit: Int?, clock: TestClock, answerSize: Int = 24_000) {
        var first: Int?
        var last = Duration.zero
        self.console = console.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if let stamp = Self.milliseconds(line) {
                first = first ?? stamp
                last = .milliseconds(stamp - (first ?? stamp))
            }
            return (last, String(line) + "\n")
        }
        self.result = result
        self.exit = exit
        self.clock = clock
        self.answerSize = answerSize
    }

    init(options: NoOptions, context: PluginContext) throws { throw UnfakedSeam("a replay without a recording") }

    func reachability(of hosts: [Host]) async throws -> [String: Reachability] { throw UnfakedSeam("reachability") }

    func run(_ script: Script, on hosts: [Host]) async throws -> [ScriptOutcome] {
        guard let answer else { throw UnfakedSeam("run") }
        return hosts.map(answer)
    }

    /// Says what becomes of a script on each host.
    func answer(_ answer: @escaping @Sendable (Host) -> ScriptOutcome) { self.answer = answer }

    func upload(_ content: [UInt8], to path: String, on hosts: [Host]) async throws {
        uploads[path] = String(decoding: content, as: UTF8.self)
    }

    func download(_ path: String, from host: Host, to local: FilePath) async throws {
        guard let result, fileIsThere else { throw LabError(.failed, "\(host.name) has no file \(path)") }
        try LocalFile.write(result, to: local)
    }

    func start(_ job: Job, on host: Host) async throws {
        started.append(job)
        if startedAt == nil { startedAt = clock.slept }
    }

    func status(
        of job: String,
        on host: Host,
        logFrom offset: Int,
        files: [String],
        patience: Duration
    ) async throws -> JobStatus {
        looks += 1
        if outage?.contains(looks) == true { throw LabError(.failed, "client-1 does not answer") }
        guard startedAt != nil else { return JobStatus(state: .unknown, log: "", nextOffset: 0, logSize: 0) }
        if log.count <= offset, state == .running {
            let wait = (nextMoment ?? .seconds(1_000_000)) - elapsed
            try await clock.labClock.sleep(min(wait, patience))
        }
        let piece = log.dropFirst(offset).prefix(answerSize)
        var sizes: [String: Int] = [:]
        if let result, fileIsThere { for file in files { sizes[file] = result.count } }
        return JobStatus(
            state: state,
            log: String(decoding: piece, as: UTF8.self),
            nextOffset: offset + piece.count,
            logSize: log.count,
            fileSizes: sizes
        )
    }

    /// Makes these looks, counted from 1, fail.
    func loseConnection(during looks: ClosedRange<Int>) { outage = looks }

    func stop(_ job: String, on host: Host) async throws { stopped.append(job) }

    private var elapsed: Duration { clock.slept - (startedAt ?? .zero) }
    private var end: Duration { (console.last?.time ?? .zero) + .seconds(1) }
    private var fileIsThere: Bool { elapsed >= end }
    private var nextMoment: Duration? { console.first { $0.time > elapsed }?.time ?? (elapsed < end ? end : nil) }
    private var log: [UInt8] { console.prefix { $0.time <= elapsed }.flatMap { Array($0.text.utf8) } }

    private var state: JobStatus.State {
        if !stopped.isEmpty { return .exited(143) }
        guard let exit, elapsed >= end else { return .running }
        return .exited(exit)
    }

    private static func milliseconds(_ line: Substring) -> Int? {
        let parts = line.prefix(12).split { ":.".contains($0) }.compactMap { Int($0) }
        guard parts.count == 4 else { return nil }
        return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + parts[3]
    }
}
