/// How the rate of a cell is chosen, probe by probe.
///
/// Every policy has a bounded worst case, so that a plan's length is known before it starts. What comes after a probe
/// depends on the probes before it and on nothing else: a runner that crashed goes on from what is on disk.
public enum RatePolicy: Sendable, Hashable, Codable {
    /// One probe at the workload's own rate.
    case fixed
    /// One probe in which OMB searches; then, when `confirms`, one at a fixed rate just below what it found.
    case maximum(confirms: Bool)
    /// Rising rates, one probe each, to the end or to the plateau.
    case ramp(Ramp)
    /// Rising rates, one probe each, until a criterion fails.
    case untilFailure(UntilFailure)
    /// Bisection for the highest rate that keeps an objective, then one probe that confirms it.
    case search(Search)

    /// Rates in the order in which they are tried.
    public struct Ramp: Sendable, Hashable, Codable {
        /// The steps, at least one.
        public var steps: [Step]
        /// When to stop before the last step; nil for never.
        public var plateau: Plateau?

        /// Makes a ramp.
        public init(steps: [Step], plateau: Plateau? = nil) {
            self.steps = steps
            self.plateau = plateau
        }
    }

    /// One rate for some time.
    public struct Step: Sendable, Hashable, Codable {
        /// Messages a second over all producers.
        public var rate: Int
        /// Minutes that are measured.
        public var minutes: Int

        /// Makes a step.
        public init(rate: Int, minutes: Int) {
            self.rate = rate
            self.minutes = minutes
        }
    }

    /// When a rising rate has stopped to pay.
    public struct Plateau: Sendable, Hashable, Codable {
        /// A step whose achieved rate is this many percent below what was asked for has not kept up.
        public var allowedDeviationPercent: Double
        /// How many such steps in a row are let pass.
        public var consecutiveFailsAllowed: Int

        /// Makes a plateau.
        public init(allowedDeviationPercent: Double, consecutiveFailsAllowed: Int) {
            self.allowedDeviationPercent = allowedDeviationPercent
            self.consecutiveFailsAllowed = consecutiveFailsAllowed
        }
    }

    /// A rate that rises until the system fails.
    public struct UntilFailure: Sendable, Hashable, Codable {
        /// The rates, rising; their number is the bound.
        public var rates: [Int]
        /// What counts as failure.
        public var criteria: FailureCriteria
        /// When to stop before that; nil for never.
        public var plateau: Plateau?

        /// Makes a policy.
        public init(rates: [Int], criteria: FailureCriteria, plateau: Plateau? = nil) {
            self.rates = rates
            self.criteria = criteria
            self.plateau = plateau
        }
    }

    /// What counts as failure; a criterion that is nil is not looked at.
    public struct FailureCriteria: Sendable, Hashable, Codable {
        /// The highest publish latency in milliseconds.
        public var maxLatencyMs: Double?
        /// Of which percentile, 0 to 100.
        public var latencyPercentile: Double
        /// The highest share of failed sends, in percent.
        public var maxErrorRatePercent: Double?
        /// The lowest share of the wanted rate, in percent.
        public var minAchievedPercent: Double?

        /// Makes criteria.
        public init(
            maxLatencyMs: Double? = nil,
            latencyPercentile: Double = 99,
            maxErrorRatePercent: Double? = nil,
            minAchievedPercent: Double? = nil
        ) {
            self.maxLatencyMs = maxLatencyMs
            self.latencyPercentile = latencyPercentile
            self.maxErrorRatePercent = maxErrorRatePercent
            self.minAchievedPercent = minAchievedPercent
        }
    }

    /// A bisection.
    public struct Search: Sendable, Hashable, Codable {
        /// What must hold.
        public var objective: Objective
        /// The lowest rate, from which the search starts.
        public var lowest: Int
        /// The highest rate that is tried.
        public var highest: Int
        /// The search ends when the limit is known to this many percent.
        public var precisionPercent: Double

        /// Makes a search.
        public init(objective: Objective, lowest: Int, highest: Int, precisionPercent: Double) {
            self.objective = objective
            self.lowest = lowest
            self.highest = highest
            self.precisionPercent = precisionPercent
        }
    }

    /// A latency that must be kept.
    public struct Objective: Sendable, Hashable, Codable {
        /// Which latency.
        public enum Measure: String, Sendable, Hashable, Codable, CaseIterable {
            /// From the send call to the acknowledgement.
            case publish
            /// From send to receipt.
            case endToEnd = "end_to_end"
        }

        /// The percentile, 0 to 100.
        public var percentile: Double
        /// Its highest latency in milliseconds.
        public var latencyMs: Double
        /// Which latency.
        public var of: Measure

        /// Makes an objective.
        public init(percentile: Double, latencyMs: Double, of: Measure = .publish) {
            self.percentile = percentile
            self.latencyMs = latencyMs
            self.of = of
        }
    }
}
