public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Time that moves only when somebody sleeps, so that tests of waiting take no time.
public final class TestClock: Sendable {
    private let elapsed = Locked(Duration.zero)
    private let start: Date

    /// Makes a clock that shows `start`.
    public init(start: Date = Date(timeIntervalSince1970: 1_760_000_000)) { self.start = start }

    /// How long everybody has slept.
    public var slept: Duration { elapsed.withLock { $0 } }

    /// Moves time on.
    public func advance(by duration: Duration) { elapsed.withLock { $0 += duration } }

    /// The clock as a plugin sees it; jitter is always zero.
    public var labClock: LabClock {
        LabClock(
            now: { self.start.addingTimeInterval(self.slept / .seconds(1)) },
            uptime: { self.slept },
            sleep: { duration in
                try Task.checkCancellation()
                self.advance(by: duration)
                await Task.yield()
            },
            random: { 0 }
        )
    }
}
