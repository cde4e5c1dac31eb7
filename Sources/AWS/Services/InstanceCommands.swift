public import PluginAPI

/// Scripts on one instance that belongs to no cluster, one after the other, through Systems Manager.
public struct InstanceCommands: Sendable {
    private let ssm: SSM
    private let ec2: EC2
    private let context: PluginContext
    private let instance: String

    /// The AWS actions that it calls, for a plugin's descriptor.
    public static let actions = [
        "ec2:DescribeInstances", "ssm:DescribeInstanceInformation", "ssm:SendCommand", "ssm:GetCommandInvocation",
        "ssm:CancelCommand",
    ]

    /// Makes it for an instance.
    public init(_ context: PluginContext, on instance: String) {
        self.context = context
        self.instance = instance
        ssm = SSM(context)
        ec2 = EC2(context)
    }

    /// Waits until the instance takes commands.
    ///
    /// - Parameter limit: How long; an agent needs 10 to 60 seconds after the instance runs.
    /// - Throws: ``LabError`` when the instance ended, or did not report in time.
    public func waitUntilReachable(within limit: Duration = .seconds(600)) async throws {
        let clock = context.clock
        let deadline = clock.uptime() + limit
        let backoff = Backoff(first: .seconds(1), limit: .seconds(5))
        var attempt = 0
        while try await ssm.pingStatus(of: [instance])[instance] != "Online" {
            try await checkExistence(patient: attempt < 5)
            guard clock.uptime() < deadline else {
                throw LabError(
                    .notReady,
                    "\(instance) did not report to Systems Manager within \(Int(limit / .seconds(60))) minutes",
                    hint: "its role needs AmazonSSMManagedInstanceCore, its image the agent, and its subnet a way to "
                        + "Systems Manager: a public address and an internet gateway, a NAT gateway, or endpoints"
                )
            }
            try await context.events.progress("waiting for \(instance) to report to Systems Manager")
            try await clock.sleep(backoff.wait(attempt: attempt, random: clock.random()))
            attempt += 1
        }
    }

    /// Runs a script as root, and waits for its end.
    ///
    /// - Parameters:
    ///   - script: The script, at most some 60 KB. Double braces would be taken for parameters.
    ///   - comment: What the console shows.
    ///   - limit: How long it may run.
    /// - Returns: How it ended; its output is cut after 24,000 characters.
    /// - Throws: ``LabError`` when the instance or the answer is lost. When cancelled, the script is, too.
    public func run(_ script: String, comment: String, limit: Duration) async throws -> SSM.Invocation {
        let command = try await send(script, comment, limit)
        do {
            return try await follow(command, limit)
        } catch is CancellationError {
            // Shielded: it would run on for its whole time.
            await Task { try? await ssm.cancel(command) }.value
            throw CancellationError()
        }
    }

    /// An agent that has reported may still be refused for some seconds.
    private func send(_ script: String, _ comment: String, _ limit: Duration) async throws -> String {
        let clock = context.clock
        let backoff = Backoff(first: .seconds(1), limit: .seconds(5))
        var attempt = 0
        while true {
            do {
                return try await ssm.send(
                    [script],
                    to: [instance],
                    comment: comment,
                    deliveryTimeout: 120,
                    executionTimeout: Int(limit / .seconds(1))
                )
            } catch let error as AWSError where error.code == "InvalidInstanceId" && attempt < 20 {
                try await checkExistence(patient: false)
                try await clock.sleep(backoff.wait(attempt: attempt, random: clock.random()))
                attempt += 1
            }
        }
    }

    private func follow(_ command: String, _ limit: Duration) async throws -> SSM.Invocation {
        let clock = context.clock
        let deadline = clock.uptime() + limit + .seconds(180)
        let backoff = Backoff(first: .milliseconds(500), limit: .seconds(5))
        var attempt = 0
        while true {
            if let answer = try await ssm.invocation(of: command, on: instance),
                !["Pending", "InProgress", "Delayed", "Cancelling"].contains(answer.status)
            {
                return answer
            }
            // A command on an instance that is gone stays in progress until all its time is over.
            if attempt % 8 == 7 { try await checkExistence(patient: false) }
            guard clock.uptime() < deadline else {
                throw LabError(.failed, "\(instance) did not say within its time how the command \(command) ended")
            }
            try await clock.sleep(backoff.wait(attempt: attempt, random: clock.random()))
            attempt += 1
        }
    }

    /// Whether it still makes sense to wait for the instance.
    ///
    /// - Parameter patient: Whether an instance that EC2 does not know may be one that it does not know yet.
    /// - Throws: ``LabError`` when it is gone.
    private func checkExistence(patient: Bool) async throws {
        let found = try await ec2.instances(ids: [instance]).first
        if found == nil, patient { return }
        guard let found, !found.isGone else {
            throw LabError(
                .failed,
                "the instance \(instance) is gone",
                cause: [found?.state, found?.stateReason].compactMap(\.self).joined(separator: ": ")
            )
        }
    }
}
