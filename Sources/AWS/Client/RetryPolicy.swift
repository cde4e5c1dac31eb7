import PluginAPI

/// Whether a call may be made twice without harm.
public enum CallSafety: Sendable, Hashable {
    /// It reads, deletes, carries a client token, or is otherwise the same when done twice.
    case idempotent
    /// Doing it twice does it twice: it is repeated only when it is known not to have been carried out.
    case once
}

/// How often a call is made again, and how long is waited in between: full jitter, so that many callers spread out.
public struct RetryPolicy: Sendable, Hashable {
    /// How often it is made in all; attempts that were throttled do not count.
    public var maximumAttempts: Int
    /// How long all attempts together may take; no wait goes past it.
    public var limit: Duration
    /// The longest first wait; it doubles each time.
    public var first: Duration
    /// The longest wait.
    public var longest: Duration

    /// Makes a policy.
    public init(
        maximumAttempts: Int = 6,
        limit: Duration = .seconds(60),
        first: Duration = .milliseconds(250),
        longest: Duration = .seconds(10)
    ) {
        self.maximumAttempts = maximumAttempts
        self.limit = limit
        self.first = first
        self.longest = longest
    }

    /// For following long work: a network that is away for minutes does not end it.
    public static let patient = RetryPolicy(maximumAttempts: 60, limit: .seconds(600), longest: .seconds(15))

    /// Whether an error may pass when the call is made again.
    func mayPass(_ error: AWSError, _ safety: CallSafety) -> Bool {
        if error.isCapacity { return false }
        if error.isThrottled { return true }
        switch error.failure {
        case .unresolved, .refused: return true  // nothing was sent
        case .lost, .timedOut: return safety == .idempotent
        case .untrusted, .other: return false
        case nil: break
        }
        // An answer of 5xx does not say whether the call was carried out.
        let status = error.status ?? 0
        return status >= 500 && status != 501 && safety == .idempotent
    }

    /// The wait before the next attempt, given how many were made and a random number from 0 up to 1.
    func wait(after attempts: Int, random: Double) -> Duration {
        var cap = first
        for _ in 1..<max(attempts, 1) where cap < longest { cap = cap * 2 }
        return min(cap, longest) * random
    }
}
