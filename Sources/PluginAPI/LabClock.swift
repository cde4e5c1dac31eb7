#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Time as plugins see it: the date, a monotonic reading and a sleep that cancellation ends.
///
/// Tests hand in a clock whose sleeps return at once and move its time on.
public struct LabClock: Sendable {
    /// The date, for timestamps.
    public var now: @Sendable () -> Date
    /// Time since an arbitrary moment, which never goes backwards; for durations and deadlines.
    public var uptime: @Sendable () -> Duration
    /// Waits; throws `CancellationError` as soon as the task is cancelled.
    public var sleep: @Sendable (Duration) async throws -> Void
    /// A random number from 0 up to 1, for jitter.
    public var random: @Sendable () -> Double

    /// Makes a clock from its parts.
    public init(
        now: @escaping @Sendable () -> Date,
        uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        random: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.uptime = uptime
        self.sleep = sleep
        self.random = random
    }

    /// The system's time.
    public static let system: LabClock = {
        let start = ContinuousClock.now
        return LabClock(
            now: { Date() },
            uptime: { start.duration(to: .now) },
            sleep: { try await Task.sleep(for: $0) },
            random: { Double.random(in: 0..<1) }
        )
    }()
}

/// Waiting that grows from `first` to `limit` by `factor`, each wait shortened by up to half at random.
public struct Backoff: Sendable, Hashable {
    /// The first wait.
    public var first: Duration
    /// The longest wait.
    public var limit: Duration
    /// The growth from one wait to the next.
    public var factor: Double

    /// Makes a backoff.
    public init(first: Duration = .milliseconds(500), limit: Duration = .seconds(10), factor: Double = 1.6) {
        self.first = first
        self.limit = limit
        self.factor = factor
    }

    /// The wait before attempt `attempt` (0 is the first), given a random number from 0 up to 1.
    public func wait(attempt: Int, random: Double) -> Duration {
        var wait = first
        for _ in 0..<attempt {
            if wait >= limit { break }
            wait = wait * factor
        }
        return min(wait, limit) * (1 - random / 2)
    }
}
