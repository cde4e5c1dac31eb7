/// Why a verdict is not `valid`: a code for programs, and a sentence for people.
public struct VerdictReason: Sendable, Hashable {
    /// The rule that was broken. It is stable: results that are stored are searched by it.
    public struct Code: RawRepresentable, Sendable, Hashable, Codable, CustomStringConvertible {
        /// The name: lower case, with hyphens.
        public let rawValue: String

        /// Names a rule of a plugin's own.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The text itself.
        public var description: String { rawValue }
    }

    /// The rule that was broken.
    public var code: Code
    /// What was found, with its numbers, in one sentence.
    public var text: String

    /// Makes a reason.
    public init(_ code: Code, _ text: String) {
        self.code = code
        self.text = text
    }
}

/// The rules are described in `docs/validity.md`.
extension VerdictReason.Code {
    /// No rule has a code for it; also every reason that was stored before there were codes.
    public static let other = Self(rawValue: "other")

    /// The workload is one that the benchmark would get wrong, and was not run.
    public static let workloadRefused = Self(rawValue: "workload-refused")
    /// A worker on one of several clients did not answer.
    public static let workersNotReady = Self(rawValue: "workers-not-ready")
    /// The benchmark said itself that it failed.
    public static let benchmarkFailed = Self(rawValue: "benchmark-failed")
    /// The last thing that was said by a benchmark that does not say why it failed.
    public static let lastWords = Self(rawValue: "last-words")
    /// The host or the executor failed, so that nothing is known of the run.
    public static let unreachable = Self(rawValue: "unreachable")

    /// The benchmark ended and left no result.
    public static let resultMissing = Self(rawValue: "result-missing")
    /// There is a result and it cannot be read to its end.
    public static let resultUnreadable = Self(rawValue: "result-unreadable")
    /// The result is of another workload.
    public static let resultForeign = Self(rawValue: "result-foreign")
    /// The result holds no period.
    public static let noPeriods = Self(rawValue: "no-periods")
    /// Every period published 0 messages a second.
    public static let nothingSent = Self(rawValue: "nothing-sent")
    /// There are fewer periods than the duration holds.
    public static let periodsMissing = Self(rawValue: "periods-missing")
    /// Some periods published 0 messages a second.
    public static let periodsSilent = Self(rawValue: "periods-silent")
    /// Sends failed.
    public static let sendErrors = Self(rawValue: "send-errors")
    /// The rate asked for was not published.
    public static let targetMissed = Self(rawValue: "target-missed")
    /// The publish delay grew during the run.
    public static let publishDelayGrowing = Self(rawValue: "publish-delay-growing")
    /// Messages were sent long after they were due.
    public static let publishDelayHigh = Self(rawValue: "publish-delay-high")
    /// Messages were left that nobody had consumed.
    public static let backlogLeft = Self(rawValue: "backlog-left")
    /// The rate is what the benchmark's own search ended at.
    public static let searchResult = Self(rawValue: "search-result")

    /// The benchmark did not begin.
    public static let notStarted = Self(rawValue: "not-started")
    /// Topics, producers and consumers were not ready in time.
    public static let notReady = Self(rawValue: "not-ready")
    /// The benchmark reported nothing where it should have.
    public static let noReports = Self(rawValue: "no-reports")
    /// The run took longer than it may.
    public static let overTime = Self(rawValue: "over-time")
    /// The measurement was over and its result did not come.
    public static let resultLate = Self(rawValue: "result-late")
    /// The benchmark failed and did not end.
    public static let hungAfterFailure = Self(rawValue: "hung-after-failure")
    /// Nothing got through to the brokers any more.
    public static let brokerGone = Self(rawValue: "broker-gone")
    /// The log was a flood, of which only the head and the tail were kept.
    public static let logFlood = Self(rawValue: "log-flood")

    /// A client's processors were busy: the client was measured, and not the cluster.
    public static let clientCPU = Self(rawValue: "client-cpu")
    /// A client's network was full.
    public static let clientNetwork = Self(rawValue: "client-network")
    /// The present clients cannot offer the rate: so many more could.
    public static let clientsNeeded = Self(rawValue: "clients-needed")
    /// The clocks of clients differ, and end-to-end latencies with them.
    public static let clockSkew = Self(rawValue: "clock-skew")
    /// A spot instance was taken away, or was about to be.
    public static let spotInterruption = Self(rawValue: "spot-interruption")
    /// A host went away for another reason.
    public static let hostGone = Self(rawValue: "host-gone")
    /// Something of earlier cells was left in the system, or a client was still connected.
    public static let notClean = Self(rawValue: "not-clean")
    /// A burstable host had used up its credits.
    public static let burstCredits = Self(rawValue: "burst-credits")
    /// A volume was asked for more than what is provisioned of it.
    public static let diskLimit = Self(rawValue: "disk-limit")

    /// A probe of the cell gave no valid result.
    public static let probeInvalid = Self(rawValue: "probe-invalid")
    /// The rate that was found was measured once more, and did not hold.
    public static let notConfirmed = Self(rawValue: "not-confirmed")
    /// Not even the first rate kept the objective or the criteria.
    public static let noRateHeld = Self(rawValue: "no-rate-held")
}

/// Stored as `{"code": …, "text": …}`; a plain text is read, too, as outcomes had them before there were codes.
extension VerdictReason: Codable {
    private enum CodingKeys: String, CodingKey {
        case code, text
    }

    /// Reads a reason of either form.
    public init(from decoder: any Decoder) throws {
        if let text = try? decoder.singleValueContainer().decode(String.self) {
            self.init(.other, text)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(container.decode(Code.self, forKey: .code), container.decode(String.self, forKey: .text))
    }

    /// Writes the reason with its code.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(code, forKey: .code)
        try container.encode(text, forKey: .text)
    }
}

extension [VerdictReason] {
    /// The sentences.
    public var texts: [String] { map(\.text) }
}
