import Foundation
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// What goes wrong in a cloud, and how a run ends then.
@Suite(.serialized) struct FaultTests {
    @Test func `a run ends well although three calls in ten are throttled and one in ten fails`() async throws {
        let trouble = [
            "--throttle-rate", "0.3", "--error-rate", "0.1", "--describe-lag", "0.5", "--iam-lag", "1", "--seed", "11",
        ]
        try await Sandbox.run(trouble) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let run = try await labhost("run", "--yes", "--provisioner", "ec2", try labhost.plan(ChaosTests.plan))
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            try await sandbox.configure(#"{"throttle_rate": 0, "error_rate": 0}"#)
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test(.timeLimit(.minutes(3)))
    func `a broker that is taken away in mid-run costs the run its cells, and leaves nothing`() async throws {
        try await Sandbox.run(["--omb-speed", "20"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(ChaosTests.plan)
            let run = try await labhost.run(["run", "--yes", "--provisioner", "ec2", plan]) { _ in
                for _ in 0..<6000 {
                    if (try? labhost.latest("journal.jsonl"))?.contains("cellStarted") == true { break }
                    try await Task.sleep(for: .milliseconds(10))
                }
                try await sandbox.change(#"{"component": "broker", "run": "/sbin/shutdown -h now"}"#)
            }
            #expect(run.status == 13, "\(run.output)\n\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
