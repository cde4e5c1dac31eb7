import AWS
import PluginAPI

/// One command on its way: sent to at most 50 instances, followed until every one has answered.
struct SentCommand {
    let ssm: SSM
    let states: EC2Hosts
    let clock: LabClock

    /// How one instance answered.
    struct Answer: Sendable {
        var host: Host
        /// The command, for asking again.
        var commandID: String?
        var ending: ScriptOutcome.Ending
        /// What was printed, as far as Systems Manager gives it.
        var output = ""
        var errors = ""
    }

    /// What is to be sent.
    struct Order: Sendable {
        var text: String
        var comment: String
        var timeout: Duration
        /// Whether a second copy of it does no harm, so that it may be sent again when nobody knows of the first.
        var safety: CallSafety
    }

    private static let backoff = Backoff(first: .milliseconds(300), limit: .seconds(3), factor: 1.5)
    /// The shortest delivery timeout that SendCommand takes.
    private static let deliverySeconds = 30
    /// How often it is asked whether a silent instance still exists.
    private static let existenceCheck = Duration.seconds(30)

    /// Sends a command, and returns when every host has answered or never will.
    ///
    /// - Parameters:
    ///   - order: What to send.
    ///   - hosts: Where to; at most 50.
    ///   - onAnswer: Called once for each host, as soon as it has answered.
    /// - Throws: ``LabError`` when Systems Manager cannot be used at all.
    func run(_ order: Order, on hosts: [Host], onAnswer: (Answer) -> Void) async throws {
        guard !hosts.isEmpty else { return }
        let commandID: String
        do {
            commandID = try await ssm.send(
                [order.text],
                to: hosts.map(\.instanceID),
                comment: String(order.comment.prefix(100)),
                deliveryTimeout: Self.deliverySeconds,
                executionTimeout: max(1, Int(order.timeout.components.seconds)),
                safety: order.safety
            )
        } catch let error as AWSError where error.code == "InvalidInstanceId" {
            return try await runOnThoseThatTakeIt(order, hosts, error, onAnswer)
        } catch let error as AWSError {
            throw LabError(aws: error, .failed, while: "Systems Manager")
        }
        do {
            try await follow(commandID, on: hosts, timeout: order.timeout, onAnswer)
        } catch is CancellationError {
            // Shielded, because this task is cancelled: without it the script would run on for its whole timeout.
            await Task { try? await ssm.cancel(commandID) }.value
            throw CancellationError()
        }
    }

    /// One instance that cannot take commands has the whole command refused, and the refusal does not say which: those
    /// that are known to be away are left out, and otherwise the hosts are halved until it is found.
    private func runOnThoseThatTakeIt(
        _ order: Order,
        _ hosts: [Host],
        _ refusal: AWSError,
        _ onAnswer: (Answer) -> Void
    ) async throws {
        let ping = try await ssm.pingStatus(of: hosts.map(\.instanceID))
        let online = hosts.filter { ping[$0.instanceID] == "Online" }
        if online.count < hosts.count {
            for host in hosts where !online.contains(host) {
                let state = ping[host.instanceID].map { "is \($0)" } ?? "is not registered"
                onAnswer(Answer(host: host, ending: .undelivered("the SSM agent of \(host.instanceID) \(state)")))
            }
            return try await run(order, on: online, onAnswer: onAnswer)
        }
        guard hosts.count > 1 else {
            for host in hosts { onAnswer(Answer(host: host, ending: .undelivered("SSM refuses: \(refusal.message)"))) }
            return
        }
        try await run(order, on: Array(hosts[..<(hosts.count / 2)]), onAnswer: onAnswer)
        try await run(order, on: Array(hosts[(hosts.count / 2)...]), onAnswer: onAnswer)
    }

    private func follow(
        _ commandID: String,
        on hosts: [Host],
        timeout: Duration,
        _ onAnswer: (Answer) -> Void
    ) async throws {
        var waiting = Dictionary(uniqueKeysWithValues: hosts.map { ($0.instanceID, $0) })
        func answer(_ answer: Answer) {
            waiting[answer.host.instanceID] = nil
            onAnswer(answer)
        }
        let start = clock.uptime()
        let deadline = start + timeout + .seconds(Self.deliverySeconds + 30)
        var nextCheck = start + Self.existenceCheck
        var attempt = 0
        while !waiting.isEmpty {
            try await clock.sleep(Self.backoff.wait(attempt: attempt, random: clock.random()))
            attempt += 1
            for invocation in try await invocations(of: commandID, on: Array(waiting.values)) {
                guard let host = waiting[invocation.instanceID], let ending = invocation.ending else { continue }
                answer(
                    Answer(
                        host: host,
                        commandID: commandID,
                        ending: ending,
                        output: invocation.output,
                        errors: invocation.errors
                    )
                )
            }
            let now = clock.uptime()
            if !waiting.isEmpty && now > nextCheck {
                nextCheck = now + Self.existenceCheck
                for (host, reason) in try await gone(Array(waiting.values)) {
                    answer(Answer(host: host, ending: .undelivered("the instance is gone: \(reason)")))
                }
            }
            if now > deadline {
                for host in waiting.values {
                    let reason = "the SSM agent of \(host.instanceID) did not answer in time"
                    answer(Answer(host: host, ending: .undelivered(reason)))
                }
            }
        }
    }

    /// One instance's whole answer comes with its status; those of many come with their statuses in one call.
    private func invocations(of commandID: String, on hosts: [Host]) async throws -> [SSM.Invocation] {
        do {
            if hosts.count == 1, let host = hosts.first {
                return try await ssm.invocation(of: commandID, on: host.instanceID).map { [$0] } ?? []
            }
            return try await ssm.invocations(of: commandID)
        } catch let error as AWSError {
            throw LabError(aws: error, .failed, while: "Systems Manager")
        }
    }

    /// A command on a terminated instance stays in progress until both timeouts have passed.
    private func gone(_ hosts: [Host]) async throws -> [(Host, String)] {
        let states = try await states.states(of: hosts)
        return hosts.compactMap { host in
            guard case .gone(let reason) = states[host.name] else { return nil }
            return (host, reason)
        }
    }
}

extension SSM.Invocation {
    /// How it ended, in the agent's words where there is no exit status; nil while it runs.
    ///
    /// The statuses are those of "Understanding command statuses" in the Systems Manager user guide.
    fileprivate var ending: ScriptOutcome.Ending? {
        switch status {
        case "Pending", "InProgress", "Delayed", "Cancelling": nil
        case "Success": .exited(0)
        case "Failed" where statusDetails == "Failed": .exited(responseCode)
        case "TimedOut" where statusDetails == "ExecutionTimedOut": .timedOut
        default: .undelivered("SSM says \(statusDetails.isEmpty ? status : statusDetails)")
        }
    }
}
