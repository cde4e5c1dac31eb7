public import PluginAPI

/// The state of hosts that are EC2 instances, for provisioners' ``PluginAPI/Provisioner/states(of:)``.
public struct EC2Hosts: Sendable {
    private let ec2: EC2

    /// Makes it for a plugin.
    public init(_ context: PluginContext) { ec2 = EC2(context) }

    /// The state of each host, by name.
    ///
    /// An instance that EC2 does not know is asked for again for a few seconds, because a fresh one takes that long to
    /// be known everywhere; only then is it gone.
    ///
    /// - Throws: ``LabError`` when EC2 did not answer.
    public func states(of hosts: [Host]) async throws -> [String: HostState] {
        do {
            var known = try await byID(hosts.map(\.instanceID))
            for attempt in 0..<3 {
                let missing = hosts.map(\.instanceID).filter { known[$0] == nil }
                if missing.isEmpty { break }
                let clock = ec2.client.clock
                try await clock.sleep(Backoff(first: .seconds(1)).wait(attempt: attempt, random: clock.random()))
                known.merge(try await byID(missing)) { _, new in new }
            }
            return Dictionary(
                hosts.map { ($0.name, Self.state(of: known[$0.instanceID])) },
                uniquingKeysWith: { first, _ in first }
            )
        } catch {
            throw LabError(aws: error, .failed, while: "asking EC2 for the state of \(hosts.count) instances")
        }
    }

    private func byID(_ ids: [String]) async throws -> [String: EC2Instance] {
        let found = try await ec2.instances(ids: ids)
        return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private static func state(of instance: EC2Instance?) -> HostState {
        guard let instance else { return .gone("EC2 does not know the instance") }
        switch instance.state {
        case "running": return .running
        case _ where instance.isGone:
            return .gone([instance.state, instance.stateReason].compactMap(\.self).joined(separator: ": "))
        default: return .pending
        }
    }
}
