import Foundation
import Testing

/// Hosts that are cheap because they may be taken away.
@Suite(.serialized) struct SpotTests {
    private static let plan =
        "name: taken-away\naws: {spot: true}\n" + SmallCluster.keys + """
            test_runs:
              - {name: first, type: fixed_rate, producer_rate: 1000}
            """

    @Test(.timeLimit(.minutes(3)))
    func `a spot interruption in mid-run voids the cell, and resume measures it on a new cluster`() async throws {
        try await Sandbox.run(["--omb-speed", "20"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(Self.plan)
            let run = try await labhost.run(["run", "--yes", "--provisioner", "ec2", plan]) { _ in
                try await labhost.wait(for: "\"period\"")
                try await sandbox.interrupt(#"{"component": "broker", "warning": 0.5}"#)
            }
            #expect(run.status == 13, "\(run.output)\n\(run.errors)")
            #expect(run.errors.contains("spot interruption: broker-1"), "\(run.errors)")
            #expect(run.errors.contains("labhost resume"))
            #expect(try await sandbox.leaks().count == 0)

            try await sandbox.configure(#"{"omb_speed": 6000}"#)
            let resumed = try await labhost("resume", "latest")
            #expect(resumed.status == 0, "\(resumed.output)\n\(resumed.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
