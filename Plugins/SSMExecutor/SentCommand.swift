import AWS
import PluginAPI

/// One command on its way: sent to at most 50 instances, followed until every one has answered.
struct SentCommand {
    let ssm: SSM
    let states: EC2Hosts
    let clock: LabClock

    /// How one instance answered.
    struct Answer {
        var host: Host
        /// The command, for asking again.
        var commandID: String?
        var ending: ScriptOutcome.Ending
        /// What was printed, as far as Systems Manager gives it.
        var output = ""
        var errors = ""
    }

    private static let backoff = Backoff(first: .milliseconds(300), limit: .seconds(3), factor: 1.5)
    /// The shortest delivery timeout that SendCommand takes.
    private static let deliverySeconds = 30
    /// How often it is asked whether a silent instance still exists.
    private static let existenceCheck = Duration.seconds(30)

    /// Sends a command and returns when every host has answered or never will.
    func run(_ text: String, on hosts: [Host], comment: String, timeout: Duration) async throws -> [Answer] {
        var refused: [Answer] = []
        var targets = hosts
        var commandID: String?
        while commandID == nil, !targets.isEmpty {
            do {
                commandID = try await ssm.send(
                    [text],
                    to: targets.map(\.instanceID),
                    comment: String(comment.prefix(100)),
                    deliveryTimeout: Self.deliverySeconds,
                    executionTimeout: max(1, Int(timeout.components.seconds))
                )
            } catch let error as AWSError where error.code == "InvalidInstanceId" {
                // One instance that is not registered has the whole command refused.
                let known = try await ssm.pingStatus(of: targets.map(\.instanceID))
                let unknown = targets.filter { known[$0.instanceID] == nil }
                guard !unknown.isEmpty else { throw LabError(aws: error, .failed, while: "Systems Manager") }
                refused += unknown.map {
                    Answer(host: $0, ending: .undelivered("the SSM agent of \($0.instanceID) is not registered"))
                }
                targets.removeAll { host in unknown.contains(host) }
            } catch let error as AWSError {
                throw LabError(aws: error, .failed, while: "Systems Manager")
            }
        }
        guard let commandID else { return refused }
        do {
            return refused + (try await follow(commandID, on: targets, timeout: timeout))
        } catch is CancellationError {
            // Shielded, because this task is cancelled: without it the script would run on for its whole timeout.
            await Task { try? await ssm.cancel(commandID) }.value
            throw CancellationError()
        }
    }

    private func follow(_ commandID: String, on hosts: [Host], timeout: Duration) async throws -> [Answer] {
        var waiting = Dictionary(uniqueKeysWithValues: hosts.map { ($0.instanceID, $0) })
        var answers: [Answer] = []
        let start = clock.uptime()
        let deadline = start + timeout + .seconds(Self.deliverySeconds + 30)
        var nextCheck = start + Self.existenceCheck
        var attempt = 0
        while !waiting.isEmpty {
            try await clock.sleep(Self.backoff.wait(attempt: attempt, random: clock.random()))
            attempt += 1
            for invocation in try await invocations(of: commandID, on: Array(waiting.values)) {
                guard let host = waiting[invocation.instanceID], let ending = invocation.ending else { continue }
                waiting[invocation.instanceID] = nil
                answers.append(
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
                    waiting[host.instanceID] = nil
                    answers.append(Answer(host: host, ending: .undelivered("the instance is gone: \(reason)")))
                }
            }
            if now > deadline {
                answers += waiting.values.map {
                    Answer(host: $0, ending: .undelivered("the SSM agent of \($0.instanceID) did not answer in time"))
                }
                return answers
            }
        }
        return answers
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
