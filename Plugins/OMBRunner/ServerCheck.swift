import PluginAPI

/// Asks the hosts of the system under test, after a run that failed, whether their services still work: the benchmark can
/// only say that it was not answered.
struct ServerCheck {
    /// The cluster.
    let cluster: Cluster
    /// What asks.
    let executor: any Executor

    /// What is wrong with the servers, one reason for each host; none when all is well, or when there is no check.
    ///
    /// - Throws: ``LabError`` when the executor could not ask.
    func faults() async throws -> [VerdictReason] {
        let servers = cluster.hosts.filter { $0.component != "client" }
        guard !servers.isEmpty, !cluster.health.script.isEmpty else { return [] }
        let script = Script(
            cluster.health.script,
            environment: ["LABHOST_WAIT": "0"],
            timeout: .seconds(60),
            comment: "health after a failure",
            isRepeatable: true
        )
        return try await executor.run(script, on: servers).compactMap { outcome in
            guard let failure = outcome.failure else { return nil }
            let check = Self.failedCheck(in: outcome.output)
            return VerdictReason(.brokerGone, "\(outcome.host): \(check ?? failure)")
        }
    }

    /// The first check that failed, as ``HealthCheck`` has it printed.
    private static func failedCheck(in output: String) -> String? {
        for line in output.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            if fields.count >= 3, fields[2] == "failed" {
                return "\(fields[1]): \(fields.dropFirst(3).joined(separator: " "))"
            }
        }
        return nil
    }
}
