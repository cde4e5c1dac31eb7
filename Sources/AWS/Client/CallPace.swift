import PluginAPI

/// Keeps the calls of each action under the rate that AWS takes, so that a fleet of hundreds is not told to slow down.
///
/// A token bucket for each action, as EC2's documentation describes its own: per account, region and action, 100 calls at
/// once and 20 a second for those that only read, fewer for others. Systems Manager publishes none of its limits, and
/// other tools use up part of any: a bucket's rate is halved when AWS says that calls come too fast, and comes back
/// with calls that succeed.
final class CallPace: Sendable {
    private struct Bucket {
        var tokens: Double
        var rate: Double
        var filledAt: Duration
    }

    private let buckets = Locked<[String: Bucket]>([:])

    /// Takes a call's place in the line of its action.
    ///
    /// - Parameters:
    ///   - action: What is called: `ssm:SendCommand`.
    ///   - now: The clock's uptime.
    /// - Returns: How long the call has to wait; zero while the bucket holds.
    func wait(for action: String, at now: Duration) -> Duration {
        change(action) { bucket, most in
            bucket.tokens = min(most.burst, bucket.tokens + bucket.rate * max(0, (now - bucket.filledAt) / .seconds(1)))
            bucket.filledAt = now
            bucket.tokens -= 1
            return bucket.tokens >= 0 ? .zero : .seconds(-bucket.tokens / bucket.rate)
        }
    }

    /// Learns that an action's calls come too fast.
    func slowDown(_ action: String) {
        change(action) { bucket, _ in
            bucket.rate = max(0.5, bucket.rate / 2)
            bucket.tokens = min(bucket.tokens, 0)
        }
    }

    /// Learns that a call was taken.
    func succeeded(_ action: String) {
        change(action) { bucket, most in bucket.rate = min(most.rate, bucket.rate * 1.05) }
    }

    private func change<Result>(_ action: String, _ body: (inout Bucket, (burst: Double, rate: Double)) -> Result)
        -> Result
    {
        let verb = action.split(separator: ":").last ?? ""
        let isReading = ["Describe", "Get", "List", "GET", "HEAD"].contains { verb.hasPrefix($0) }
        let most = isReading ? (burst: 50.0, rate: 20.0) : (burst: 20.0, rate: 5.0)
        return buckets.withLock { buckets in
            body(&buckets[action, default: Bucket(tokens: most.burst, rate: most.rate, filledAt: .zero)], most)
        }
    }
}

/// How many calls of a client may be made again while the other side is in trouble: without it, everybody's repeated calls
/// would keep it there. The figures are those of the AWS SDKs' standard mode.
struct RetryQuota: Sendable {
    private static let whole = 500
    private var left = whole

    /// Pays for making a call again; false when nothing is left.
    ///
    /// A call that was told to slow down pays nothing, because ``CallPace`` holds it back, nor does one that was never sent.
    mutating func pay(for error: AWSError) -> Bool {
        guard let price = Self.price(of: error) else { return true }
        guard left >= price else { return false }
        left -= price
        return true
    }

    /// Takes back what a call that succeeded after an error had paid, or a little after one that succeeded at once.
    mutating func refund(_ error: AWSError?) { left = min(Self.whole, left + (error.flatMap(Self.price) ?? 1)) }

    private static func price(of error: AWSError) -> Int? {
        switch error.failure {
        case .refused, .unresolved: nil
        case .timedOut: 10
        case .lost, .untrusted, .other: 5
        case nil: error.isThrottled ? nil : 5
        }
    }
}
