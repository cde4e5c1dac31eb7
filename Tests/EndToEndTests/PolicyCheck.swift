import Foundation
import Testing

/// Expects that the policy which `labhost policy` prints allows every call that the emulator has seen.
func expectPolicyToAllowCalls(_ sandbox: Sandbox, _ labhost: LabHost, _ provisioner: String, _ plan: String)
    async throws
{
    struct Policy: Decodable {
        struct Statement: Decodable {
            var Action: [String]
        }

        var Statement: [Statement]
    }
    let printed = try await labhost("policy", "--provisioner", provisioner, plan)
    #expect(printed.status == 0, "\(printed.errors)")
    // The most that a managed policy may hold, white space aside.
    #expect(printed.output.utf8.count { !" \n".utf8.contains($0) } <= 6144)
    let policy = try JSONDecoder().decode(Policy.self, from: Data(printed.output.utf8))
    // CloudWatch has one name where its calls go, and another in policies.
    let called = try await sandbox.calls().keys
        .map { $0.replacing(".", with: ":").replacing("monitoring:", with: "cloudwatch:") }
    #expect(Set(called).subtracting(policy.Statement.flatMap(\.Action)) == [])
}
