import PluginAPI
import SystemPackage

/// Follows one run on the client, from its first line to its result.
struct FollowedRun {
    /// How a run ended.
    enum Ending {
        /// There is a result that can be read.
        case measured(BenchmarkResult)
        /// There is none; with the reasons.
        case failed([VerdictReason])
    }

    private let request: RunRequest
    private let benchmark: BenchmarkJob
    private let client: Host
    private let executor: any DetachedJobs
    private let context: PluginContext
    private let secrets: Secrets
    private var log: LogKeeper
    private var series: PeriodLog
    private var console = ConsoleReader()
    private var watchdog: Watchdog
    private var progress: RunProgress
    private var unmasked = ""
    private var offset = 0
    private var resultSize: Int?
    /// The size of the log on the client, in bytes, as far as it was looked at.
    private(set) var logBytes = 0

    /// As long as a period: a longer wait would not save calls, a shorter one would not show more.
    private static let patience = Duration.seconds(10)
    /// With this much of the log's head unread, most of it is skipped: fetching a flood would take longer than the run.
    private static let mostUnread = 1 << 20
    private static let keptUnread = 1 << 18
    private static let longestLine = 1 << 16
    /// How long OMB may take to exit once it has written its result, and its log to come to the end.
    private static let exitGrace = Duration.seconds(5)
    private static let lateLog = Duration.seconds(60)
    /// How long the client may be out of reach before nothing is known of the run any more.
    private static let outage = Duration.seconds(300)

    /// Prepares to follow a job that was started.
    init(
        of request: RunRequest,
        job: BenchmarkJob,
        on client: Host,
        through executor: any DetachedJobs,
        context: PluginContext,
        secrets: Secrets
    ) throws {
        self.request = request
        self.benchmark = job
        self.client = client
        self.executor = executor
        self.context = context
        self.secrets = secrets
        log = LogKeeper(request.directory.appending("omb.log"))
        series = try PeriodLog(in: request.directory)
        watchdog = Watchdog(cell: request.cell, at: context.clock.uptime())
        progress = RunProgress(of: request.cell)
    }

    /// Follows the run to its end, and stops the process if it does not end by itself.
    mutating func follow() async throws -> Ending {
        let ending: Ending
        do {
            ending = try await watch()
        } catch {
            // What is known of the log stays; the error that brought us here is the one to tell.
            try? log.finish()
            try? series.finish()
            throw error
        }
        try log.finish()
        try series.finish()
        return ending
    }

    /// What the log casts on the run, whatever came of it.
    var doubts: [VerdictReason] {
        guard let omitted = console.omittedBytes else { return [] }
        let text =
            "the log was a flood: its beginning, OMB's reports and its end were kept, and \(omitted.grouped) bytes not"
        return [VerdictReason(.logFlood, text)]
    }

    private mutating func watch() async throws -> Ending {
        while true {
            let asked = context.clock.uptime()
            let before = offset
            // A result that is there is looked at again soon, to see whether it is whole.
            let status = try await look(patience: resultSize == nil ? Self.patience : .seconds(2))
            switch status.state {
            case .exited(let code): return try await conclude(after: ended(with: code))
            case .unknown:
                let text = "\(client.name) no longer knows the run: it was restarted or replaced"
                return try await conclude(after: VerdictReason(.unreachable, text))
            case .running: break
            }
            if resultIsReady(in: status), let ending = try await fetchedEnding() {
                try await end()
                try await keepRest()
                return ending
            }
            let now = context.clock.uptime()
            // What is still unread may hold the very line that the watchdog misses.
            if offset >= status.logSize, let complaint = watchdog.complaint(at: now) {
                try await stop()
                return try await conclude(after: VerdictReason(complaint.code, "\(complaint.text): it was stopped"))
            }
            if offset == before, now - asked < .milliseconds(500) { try await context.clock.sleep(.seconds(1)) }
        }
    }

    /// Asks for the job's state and takes in the log that has come.
    private mutating func look(patience: Duration) async throws -> JobStatus {
        var status = try await ask(patience: patience)
        try await take(status)
        // When it has ended, all that is left of the log is wanted before anything is said about it.
        while status.state != .running, offset < status.logSize {
            let before = offset
            status = try await ask(patience: .zero)
            try await take(status)
            if offset == before { break }
        }
        return status
    }

    /// Asks once, and again while the client cannot be reached: the run goes on without us.
    private func ask(patience: Duration) async throws -> JobStatus {
        let clock = context.clock
        let deadline = clock.uptime() + Self.outage
        var attempt = 0
        while true {
            do {
                return try await executor.status(
                    of: benchmark.job.name,
                    on: client,
                    logFrom: offset,
                    files: [benchmark.resultPath],
                    patience: patience
                )
            } catch let error as LabError where error.code != .interrupted && clock.uptime() < deadline {
                try await context.events.note("\(request.cell.name): \(error.message); asking again", .debug)
                try await clock.sleep(Backoff(limit: .seconds(30)).wait(attempt: attempt, random: clock.random()))
                attempt += 1
            }
        }
    }

    /// Stops the process. What is known of the run by now is worth more than a process that may go on.
    private func stop() async throws {
        do {
            try await executor.stop(benchmark.job.name, on: client)
        } catch let error as LabError where error.code != .interrupted {
            try await context.events.note("\(request.cell.name): OMB may still run: \(error.message)", .warning)
        }
    }

    private mutating func take(_ status: JobStatus) async throws {
        unmasked += status.log
        offset = status.nextOffset
        logBytes = max(logBytes, status.logSize)
        // Line by line, because a piece may end within a secret; but a flood may have no line ends.
        if let end = unmasked.utf8.lastIndex(of: UInt8(ascii: "\n")) {
            let next = unmasked.utf8.index(after: end)
            try await keep(unmasked[..<next])
            unmasked = String(unmasked[next...])
        }
        if unmasked.utf8.count > Self.longestLine { try await keepRest() }
        // Of the head only: what comes after it is what the client chose to keep.
        let head = min(status.logSize, ConsoleFilter.head)
        if head - offset > Self.mostUnread {
            let next = head - Self.keptUnread
            try log.skip(next - offset)
            offset = next
        }
    }

    private mutating func keep(_ text: Substring) async throws {
        let text = secrets.masked(String(text))
        try log.append(text)
        try await hear(console.read(text))
    }

    private mutating func keepRest() async throws {
        let rest = unmasked
        unmasked = ""
        try await keep(rest[...])
    }

    private mutating func hear(_ lines: [ConsoleLine]) async throws {
        for line in lines {
            let now = context.clock.uptime()
            watchdog.see(line, at: now)
            if case .period(let period) = line {
                let sample = progress.sample(of: period)
                if try series.append(sample) { try await context.events.record(.period(sample)) }
            }
            if let report = progress.report(after: line) { try await context.events.record(.progress(report)) }
        }
    }

    /// Whether the result is there and no longer grows: OMB writes it in place.
    private mutating func resultIsReady(in status: JobStatus) -> Bool {
        let size = status.fileSizes[benchmark.resultPath]
        defer { resultSize = size }
        guard let size, size > 0 else { return false }
        return size == resultSize
    }

    /// Lets the process end by itself, and stops it if it does not: after success, too, OMB's JVM may never exit.
    ///
    /// A log that was a flood may be behind the result: its end is waited for, too.
    private mutating func end() async throws {
        let behind = context.clock.uptime() + Self.lateLog
        var deadline = context.clock.uptime() + Self.exitGrace
        while context.clock.uptime() < deadline {
            if watchdog.stage != .writing { deadline = min(context.clock.uptime() + Self.exitGrace, behind) }
            let asked = context.clock.uptime()
            let status = try await look(patience: .seconds(5))
            if status.state != .running { return }
            if context.clock.uptime() - asked < .milliseconds(500) { try await context.clock.sleep(.seconds(1)) }
        }
        try await context.events.note(
            "\(request.cell.name): OMB hung after writing its result, and was stopped",
            .debug
        )
        try await executor.stop(benchmark.job.name, on: client)
    }

    /// The outcome of a run whose process is gone.
    private mutating func conclude(after what: VerdictReason) async throws -> Ending {
        let status = try await look(patience: .zero)
        try await keepRest()
        try await hear(console.finish())
        if status.fileSizes[benchmark.resultPath] != nil {
            do {
                return try await fetchEnding()
            } catch let error as LabError where error.code == .benchmark {
                let text = [error.message, error.cause].compactMap(\.self).joined(separator: ": ")
                return .failed([VerdictReason(.resultUnreadable, text), what] + words)
            }
        }
        return .failed(
            [VerdictReason(what.code, "\(what.text) and left no result")] + words + (try await serverFaults())
        )
    }

    /// What is wrong with the servers; the failure to find out is no reason to lose what is known of the run.
    private func serverFaults() async throws -> [VerdictReason] {
        do {
            return try await ServerCheck(cluster: request.cluster, executor: executor).faults()
        } catch let error as LabError where error.code != .interrupted {
            try await context.events.note("\(request.cell.name): the servers were not asked: \(error.message)", .debug)
            return []
        }
    }

    private func ended(with code: Int) -> VerdictReason {
        VerdictReason(.resultMissing, "OMB ended with status \(code)")
    }

    /// What the result makes of the run; nil while it cannot be read yet.
    private func fetchedEnding() async throws -> Ending? {
        do {
            return try await fetchEnding()
        } catch let error as LabError where error.code == .benchmark {
            return nil
        }
    }

    private func fetchEnding() async throws -> Ending {
        let path = request.directory.appending("result.json")
        try await executor.download(benchmark.resultPath, from: client, to: path)
        let result = try OMBResultFile.content(of: path, source: .run)
        return result.map(Ending.measured)
            ?? .failed([VerdictReason(.noPeriods, "OMB's result holds no period: nothing was measured")])
    }

    /// What OMB itself said.
    private var words: [VerdictReason] {
        if !console.complaints.isEmpty {
            return console.complaints.map { VerdictReason(Self.code(of: $0), "OMB: \($0)") }
        }
        return console.lastWords.map { [VerdictReason(.lastWords, "its last line: \($0)")] } ?? []
    }

    /// What a complaint is about: exceptions of the clients' libraries that say that nobody answers.
    private static func code(of complaint: String) -> VerdictReason.Code {
        let unanswered = ["TimeoutException", "ConnectException", "Connection refused", "NotConnectedException"]
        return unanswered.contains { complaint.contains($0) } ? .brokerGone : .benchmarkFailed
    }
}
