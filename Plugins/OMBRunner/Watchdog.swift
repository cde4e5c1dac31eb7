import PluginAPI

/// Notices that OMB hangs, which is a normal way for it to fail.
///
/// It is told of every console line and asked now and then; time is the caller's, so that it needs no clock. Limits are
/// in real seconds. An executor that plays time faster only makes them more generous.
struct Watchdog {
    /// What a run is doing, as far as its console tells.
    enum Stage: Equatable {
        /// The JVM starts.
        case starting
        /// Topics, producers and consumers are made.
        case preparing
        /// Traffic flows that is not measured.
        case warmingUp
        /// Traffic flows that is measured.
        case measuring
        /// The measurement is over and the result is being made.
        case writing
        /// OMB said that the workload failed; there will be no result.
        case failed
    }

    /// What the run is doing.
    private(set) var stage = Stage.starting
    private var since: Duration
    private var silentPeriods = 0
    private var hasSent = false
    private var lastSign: Duration
    private let began: Duration
    private let readyLimit: Duration
    private let total: Duration

    private static let startLimit = Duration.seconds(90)
    private static let silenceLimit = Duration.seconds(45)
    private static let writeLimit = Duration.seconds(180)
    /// Periods of 0 msg/s in a row after which brokers that took messages are gone; each is 10 s long.
    private static let silentLimit = 3
    /// Periods of 0 msg/s from the start after which nothing will be sent any more.
    private static let neverSentLimit = 12
    /// OMB's threads may keep the process alive after the failure that it announced.
    private static let failureGrace = Duration.seconds(5)

    /// Begins to watch a cell's run.
    init(cell: Cell, at now: Duration) {
        began = now
        since = now
        lastSign = now
        // 75 s for one topic as for a hundred; making thousands takes longer, about 20 ms for each partition.
        let partitions = cell.workload.topics * cell.workload.partitionsPerTopic
        readyLimit = .seconds(75) + .milliseconds(20) * partitions
        total = .seconds(cell.timeoutSeconds)
    }

    /// Takes note of a line.
    mutating func see(_ line: ConsoleLine, at now: Duration) {
        switch line {
        case .workload: enter(.preparing, at: now)
        case .ready, .warmup: enter(.warmingUp, at: now)
        case .measuring: enter(.measuring, at: now)
        case .aggregated, .writing: enter(.writing, at: now)
        case .failed: enter(.failed, at: now)
        case .period(let period):
            lastSign = now
            silentPeriods = period.publishRate > 0 ? 0 : silentPeriods + 1
            hasSent = hasSent || period.publishRate > 0
        case .error, .other, .continuation: break
        }
    }

    /// Why the run should be stopped; nil while it may go on.
    func complaint(at now: Duration) -> VerdictReason? {
        if now - began > total {
            return VerdictReason(.overTime, "it took longer than the \(Self.text(total)) that the cell may take")
        }
        let inStage = now - since
        if stage == .warmingUp || stage == .measuring, let silence { return silence }
        switch stage {
        case .starting where inStage > Self.startLimit:
            return VerdictReason(.notStarted, "OMB did not begin the workload within \(Self.text(Self.startLimit))")
        case .preparing where inStage > readyLimit:
            let text = "topics, producers and consumers were not ready within \(Self.text(readyLimit))"
            return VerdictReason(.notReady, text)
        case .warmingUp where now - lastSign > Self.silenceLimit, .measuring where now - lastSign > Self.silenceLimit:
            let text = "OMB reported nothing for \(Self.text(now - lastSign)), where it should every 10 s"
            return VerdictReason(.noReports, text)
        case .writing where inStage > Self.writeLimit:
            let text = "OMB had measured and did not write its result within \(Self.text(Self.writeLimit))"
            return VerdictReason(.resultLate, text)
        case .failed where inStage > Self.failureGrace:
            return VerdictReason(.hungAfterFailure, "OMB failed and did not end")
        default: return nil
        }
    }

    /// Why a run that reports, and sends nothing, should be stopped.
    private var silence: VerdictReason? {
        if hasSent, silentPeriods >= Self.silentLimit {
            let text = "nothing was published for \(silentPeriods * 10) s, after messages had been"
            return VerdictReason(.brokerGone, text)
        }
        if !hasSent, silentPeriods >= Self.neverSentLimit {
            return VerdictReason(.nothingSent, "nothing was published in the first \(silentPeriods * 10) s")
        }
        return nil
    }

    private mutating func enter(_ next: Stage, at now: Duration) {
        guard next != stage, stage != .failed else { return }
        stage = next
        since = now
        lastSign = now
    }

    private static func text(_ duration: Duration) -> String { "\(duration.components.seconds) s" }
}
