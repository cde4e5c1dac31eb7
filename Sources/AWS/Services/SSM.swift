public import PluginAPI

/// The Systems Manager calls that LabHost makes.
public struct SSM: Sendable {
    private let client: AWSClient

    /// Makes the service for a plugin.
    public init(_ context: PluginContext) { client = AWSClient(context) }

    /// What the service knows of an instance's agent.
    private struct Information: Decodable {
        var InstanceId: String
        var PingStatus: String?
    }

    /// The state of the agent on each of some instances that have registered: `Online`, `ConnectionLost`, `Inactive`.
    ///
    /// - Throws: As ``AWSClient/json(_:_:_:safety:as:)``.
    public func pingStatus(of instances: [String]) async throws -> [String: String] {
        struct Filter: Encodable { var Key: String, Values: [String] }
        struct Input: Encodable { var Filters: [Filter], MaxResults = 50, NextToken: String? }
        struct Reply: Decodable { var InstanceInformationList: [Information]?, NextToken: String? }
        var status: [String: String] = [:]
        for batch in instances.batches(of: 50) {
            var token: String?
            repeat {
                let input = Input(Filters: [Filter(Key: "InstanceIds", Values: batch)], NextToken: token)
                let reply = try await client.json(
                    .ssm,
                    "DescribeInstanceInformation",
                    input,
                    safety: .idempotent,
                    as: Reply.self
                )
                for entry in reply.InstanceInformationList ?? [] { status[entry.InstanceId] = entry.PingStatus ?? "" }
                token = reply.NextToken == token ? nil : reply.NextToken
            } while token != nil
        }
        return status
    }

    /// Sends a command to at most 50 instances.
    ///
    /// - Parameters:
    ///   - commands: The script, in lines or whole. Double braces would be taken for parameters.
    ///   - instances: Where it is to run.
    ///   - comment: What the console shows; cut at 100 characters.
    ///   - deliveryTimeout: Seconds within which it must begin, at least 30.
    ///   - executionTimeout: Seconds that it may run.
    ///   - safety: ``CallSafety/once`` unless the script sees to it that a second copy does no harm.
    /// - Returns: The command's id.
    /// - Throws: As ``AWSClient/json(_:_:_:safety:as:)``; code `InvalidInstanceId` when any one of the instances does
    ///   not take commands.
    public func send(
        _ commands: [String],
        to instances: [String],
        comment: String,
        deliveryTimeout: Int,
        executionTimeout: Int,
        safety: CallSafety = .once
    ) async throws -> String {
        struct Input: Encodable {
            var DocumentName = "AWS-RunShellScript"
            var InstanceIds: [String]
            var Comment: String
            var TimeoutSeconds: Int
            var Parameters: [String: [String]]
        }
        struct Command: Decodable { var CommandId: String }
        struct Reply: Decodable { var Command: Command }
        let input = Input(
            InstanceIds: instances,
            Comment: String(comment.prefix(100)),
            TimeoutSeconds: min(max(deliveryTimeout, 30), 2_592_000),
            Parameters: ["commands": commands, "executionTimeout": ["\(min(max(executionTimeout, 1), 172_800))"]]
        )
        return try await client.json(.ssm, "SendCommand", input, safety: safety, as: Reply.self).Command.CommandId
    }

    /// Cancels a command wherever it has not ended.
    public func cancel(_ command: String) async throws {
        struct Input: Encodable { var CommandId: String }
        struct Reply: Decodable {}
        _ = try await client.json(
            .ssm,
            "CancelCommand",
            Input(CommandId: command),
            safety: .idempotent,
            as: Reply.self
        )
    }

    /// One command on one instance.
    public struct Invocation: Sendable, Hashable {
        /// The instance.
        public var instanceID: String
        /// `Pending`, `InProgress`, `Delayed`, `Cancelling`, `Success`, `Failed`, `TimedOut`, `Cancelled`.
        public var status: String
        /// More of the same: `DeliveryTimedOut`, `ExecutionTimedOut`, `Undeliverable`, `Terminated` …
        public var statusDetails: String
        /// The exit status; -1 until the end.
        public var responseCode: Int
        /// Standard output: 24,000 characters of it when asked for alone, 2,500, with the errors, in a list.
        public var output: String
        /// Standard error: 8,000 characters of it when asked for alone, empty in a list.
        public var errors: String
    }

    /// A command on all its instances that are known yet: none at all, just after it was sent.
    ///
    /// - Returns: One entry for each instance. A long output is cut at 2,500 characters.
    /// - Throws: As ``AWSClient/json(_:_:_:safety:as:)``.
    public func invocations(of command: String) async throws -> [Invocation] {
        struct Input: Encodable { var CommandId: String, Details = true, MaxResults = 50, NextToken: String? }
        struct Plugin: Decodable { var ResponseCode: Int?, Output: String? }
        struct Entry: Decodable {
            var InstanceId: String
            var Status: String?
            var StatusDetails: String?
            var CommandPlugins: [Plugin]?
        }
        struct Reply: Decodable { var CommandInvocations: [Entry]?, NextToken: String? }
        var invocations: [Invocation] = []
        var token: String?
        repeat {
            let reply = try await client.json(
                .ssm,
                "ListCommandInvocations",
                Input(CommandId: command, NextToken: token),
                safety: .idempotent,
                as: Reply.self
            )
            invocations += (reply.CommandInvocations ?? []).map { entry in
                Invocation(
                    instanceID: entry.InstanceId,
                    status: entry.Status ?? "Pending",
                    statusDetails: entry.StatusDetails ?? "",
                    responseCode: entry.CommandPlugins?.first?.ResponseCode ?? -1,
                    output: entry.CommandPlugins?.first?.Output ?? "",
                    errors: ""
                )
            }
            token = reply.NextToken == token ? nil : reply.NextToken
        } while token != nil
        return invocations
    }

    /// A command on one instance; nil when it is not known yet.
    ///
    /// - Throws: As ``AWSClient/json(_:_:_:safety:as:)``.
    public func invocation(of command: String, on instance: String) async throws -> Invocation? {
        struct Input: Encodable { var CommandId: String, InstanceId: String }
        struct Reply: Decodable {
            var Status: String?
            var StatusDetails: String?
            var ResponseCode: Int?
            var StandardOutputContent: String?
            var StandardErrorContent: String?
        }
        do {
            let reply = try await client.json(
                .ssm,
                "GetCommandInvocation",
                Input(CommandId: command, InstanceId: instance),
                safety: .idempotent,
                as: Reply.self
            )
            return Invocation(
                instanceID: instance,
                status: reply.Status ?? "Pending",
                statusDetails: reply.StatusDetails ?? "",
                responseCode: reply.ResponseCode ?? -1,
                output: reply.StandardOutputContent ?? "",
                errors: reply.StandardErrorContent ?? ""
            )
        } catch let error as AWSError where error.code == "InvocationDoesNotExist" {
            return nil
        }
    }
}
