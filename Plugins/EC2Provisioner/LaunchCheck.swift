import AWS
import PluginAPI

/// Asks AWS whether a cluster could be made, before any of it is.
struct LaunchCheck: Sendable {
    let client: AWSClient
    let events: any EventSink

    /// Whether the account may have so many virtual CPUs.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when it may not; that nobody could be asked is a note.
    func quotas(_ request: ProvisionRequest) async throws {
        let types = request.hosts.reduce(into: [:]) { $0[$1.instanceType, default: 0] += 1 }
        let quotas: [VCPUQuota]
        do {
            quotas = try await VCPUQuotas(client).quotas(for: types, isSpot: request.spot != nil)
        } catch let error as AWSError {
            return try await events.note("the vCPU quotas could not be read: \(error)", .warning)
        }
        guard let quota = quotas.first(where: { !$0.isEnough }) else { return }
        let text = quota.explained(in: try client.region)
        // Spot may fall back to what is on demand, which has a quota of its own.
        if quota.isSpot, request.spot?.fallsBackToOnDemand == true { return try await events.note(text, .warning) }
        throw LabError(
            .preflight,
            text,
            hint: "fewer or smaller hosts, or a higher quota for EC2 in Service Quotas"
        )
    }

    /// Whether EC2 would launch each type of host: with DryRun it says so without doing it.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when it would not.
    func launches(_ request: ProvisionRequest, tags: [String: String]) async throws {
        try await withThrowingTaskGroup { group in
            for type in Set(request.hosts.map(\.instanceType)) {
                group.addTask { try await launch(type, request, tags) }
            }
            try await group.waitForAll()
        }
    }

    private func launch(_ type: String, _ request: ProvisionRequest, _ tags: [String: String]) async throws {
        var run: QueryParameters = [
            "DryRun": "true", "ImageId": request.image.id, "InstanceType": type, "MinCount": "1", "MaxCount": "1",
        ]
        run.add(tags: tags, for: ["instance", "volume", "network-interface"])
        do {
            _ = try await client.query(.ec2, "RunInstances", run, safety: .idempotent)
        } catch let error as AWSError where error.code == "DryRunOperation" || Self.networkCodes.contains(error.code) {
            return
        } catch {
            throw LabError(aws: error, .preflight, while: "asking EC2 whether it would launch \(type)")
        }
    }

    /// The network is made later; without one, an account that has no default VPC refuses with these.
    private static let networkCodes: Set = ["MissingInput", "VPCIdNotSpecified", "InvalidInput"]
}
