import AWS
public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Boots an instance of an image, looks at it from within, and terminates it.
public struct ImageValidation: Sendable {
    /// One thing that was looked at.
    public struct Check: Sendable, Hashable, Codable {
        /// What: `java`, `pulsar`, `files`.
        public var name: String
        /// Whether it is as it should be.
        public var passed: Bool
        /// What was seen.
        public var detail: String
    }

    /// What was found.
    public struct Report: Sendable, Hashable, Codable {
        /// The image.
        public var image: LabImage
        /// The instance type that it was booted on.
        public var instanceType: String
        /// What was looked at; empty when nothing was booted.
        public var checks: [Check]

        /// What was found on an image.
        public init(image: LabImage, instanceType: String, checks: [Check]) {
            self.image = image
            self.instanceType = instanceType
            self.checks = checks
        }

        /// Whether everything is as it should be.
        public var isValid: Bool { !checks.isEmpty && checks.allSatisfy(\.passed) }
    }

    /// How long the instance lives at most.
    private static let lifetime = Duration.seconds(30 * 60)

    private let context: PluginContext
    private let subnet: String?

    /// Makes it for the image's region.
    ///
    /// - Parameters:
    ///   - context: The context.
    ///   - subnet: Where to boot; nil for the default VPC.
    public init(_ context: PluginContext, subnet: String? = nil) {
        self.context = context
        self.subnet = subnet
    }

    /// The instance type for an image when nobody names another.
    public static func instanceType(for image: LabImage) -> String {
        image.architecture == "arm64" ? "t4g.medium" : "t3.medium"
    }

    /// Looks at an image.
    ///
    /// - Parameters:
    ///   - image: The image, available.
    ///   - instanceType: What to boot it on.
    /// - Returns: What was found.
    /// - Throws: ``LabError`` when it could not be looked at; the instance is terminated all the same.
    public func run(_ image: LabImage, on instanceType: String) async throws -> Report {
        let tags = ["Name": "\(context.experiment)-image"]
        let temporary = TemporaryInstance(context, lifetime: Self.lifetime, tags: tags)
        let ledger = BuildLedger(events: context.events, instanceType: instanceType)
        do {
            let checks = try await look(at: image, instanceType, temporary, ledger)
            try await context.events.progress("terminating the instance", completed: 4, of: 5)
            try await temporary.delete(await ledger.made)
            return Report(image: image, instanceType: instanceType, checks: checks)
        } catch {
            let failure = LabError(aws: error, .failed, while: "validating \(image.id)")
            do { try await temporary.delete(await ledger.made) } catch {
                throw LabError(error, code: .leftBehind, while: "cleaning up after \(failure.message)")
            }
            if error is CancellationError { throw error }
            throw failure
        }
    }

    private func look(
        at image: LabImage,
        _ instanceType: String,
        _ temporary: TemporaryInstance,
        _ ledger: BuildLedger
    ) async throws -> [Check] {
        try await context.events.progress("making a role and a group", completed: 0, of: 5)
        let access = try await BuildAccess(context: temporary.context, subnet: subnet).make()
        await ledger.add(access.resources)
        try await context.events.progress("booting \(image.id)", completed: 1, of: 5)
        let instance = try await launch(image, instanceType, access, temporary)
        try await ledger.addInstance(instance)
        let commands = InstanceCommands(temporary.context, on: instance)
        try await context.events.progress("waiting for \(instance)", completed: 2, of: 5)
        try await commands.waitUntilReachable()
        try await context.events.progress("looking at \(instance)", completed: 3, of: 5)
        let answer = try await commands.run(
            try Self.script(for: image),
            comment: "LabHost \(context.experiment) image: check",
            limit: .seconds(300)
        )
        let checks = Self.checks(answer.output)
        guard answer.status == "Success", !checks.isEmpty else {
            let words = answer.errors.isEmpty ? answer.output : answer.errors
            throw LabError(.failed, "the checks did not run to their end on \(instance)", cause: words)
        }
        return checks
    }

    /// The checks as a command; in base64, because double braces are parameters to Systems Manager.
    static func script(for image: LabImage) throws -> String {
        let text = Base64.text(try Gzip.compress(ProvisioningFiles.check))
        return "printf %s '\(text)' | base64 -d | gzip -dc | KEY=\(Shell.quoted(image.key ?? "")) "
            + "VERSION=\(Shell.quoted(image.pulsarVersion)) bash"
    }

    /// Reads what the checks printed.
    static func checks(_ output: String) -> [Check] {
        output.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 3, ["ok", "failed"].contains(parts[1]) else { return nil }
            return Check(name: parts[0], passed: parts[1] == "ok", detail: parts[2])
        }
    }

    private func launch(
        _ image: LabImage,
        _ instanceType: String,
        _ access: BuildAccess.Made,
        _ temporary: TemporaryInstance
    ) async throws -> String {
        let client = AWSClient(context)
        var parameters: QueryParameters = [
            "ImageId": image.id, "InstanceType": instanceType, "MinCount": "1", "MaxCount": "1",
            "ClientToken": UUID().uuidString, "IamInstanceProfile.Name": access.profile,
            "InstanceInitiatedShutdownBehavior": "terminate", "UserData": Base64.text(Array(temporary.userData.utf8)),
            "MetadataOptions.HttpTokens": "required", "MetadataOptions.HttpPutResponseHopLimit": "1",
            "NetworkInterface.1.DeviceIndex": "0", "NetworkInterface.1.AssociatePublicIpAddress": "true",
            "NetworkInterface.1.SecurityGroupId.1": access.group,
        ]
        if let subnet { parameters.set("NetworkInterface.1.SubnetId", subnet) }
        parameters.add(tags: temporary.context.tags, for: ["instance", "volume", "network-interface"])
        try await context.events.record(.intended(ResourceIntent(kind: "instance", name: ImageTags.component)))
        let deadline = context.clock.uptime() + .seconds(60)
        var attempt = 0
        while true {
            do {
                let reply = try await client.query(.ec2, "RunInstances", parameters, safety: .idempotent)
                guard let id = reply.items("instancesSet").first?.text("instanceId") else {
                    throw LabError(.provisioning, "EC2 does not say which instance it launched")
                }
                return id
            } catch let error as AWSError where error.isUnknownProfile && context.clock.uptime() < deadline {
                let backoff = Backoff(first: .milliseconds(500), limit: .seconds(3))
                try await context.clock.sleep(backoff.wait(attempt: attempt, random: context.clock.random()))
                attempt += 1
            }
        }
    }
}
