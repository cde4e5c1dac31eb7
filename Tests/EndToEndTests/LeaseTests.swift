import Foundation
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// Hosts end themselves when nobody renews them: seen on the emulator's machines, whose clocks are moved by hours.
@Suite(.serialized) struct LeaseTests {
    private let temporary = try? TemporaryDirectory()

    private func setClocks(_ sandbox: Sandbox, _ seconds: Int) async throws {
        for component in ["zookeeper", "bookkeeper", "broker", "client"] {
            try await sandbox.change(
                #"{"component": "\#(component)", "count": 9, "files": {"etc/clock-offset": "\#(seconds)\n"}}"#
            )
        }
    }

    /// How many machines run, once that is `wanted` or has not become so within ten seconds.
    private func machines(_ sandbox: Sandbox, wanted: Int) async throws -> Int {
        var count = try await sandbox.machines()
        for _ in 0..<100 where count != wanted {
            try await Task.sleep(for: .milliseconds(100))
            count = try await sandbox.machines()
        }
        return count
    }

    @Test func `hosts of a run that was killed end themselves when their lease is over`() async throws {
        let library = try await CrashPoint.library(in: try #require(temporary))
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let run = try await labhost.run(
                ["run", "--yes", "--provisioner", "ec2", try labhost.plan(ChaosTests.plan)],
                environment: CrashPoint(write: 60, how: .after).environment(library)
            )
            #expect(run.status == 137)
            try await setClocks(sandbox, 3500)
            try await Task.sleep(for: .seconds(3))
            #expect(try await sandbox.machines() == 4)
            try await setClocks(sandbox, 3700)
            #expect(try await machines(sandbox, wanted: 0) == 0)
            // What is carried on finds its hosts gone, and builds others.
            let resumed = try await labhost("resume", "latest")
            #expect(resumed.status == 0, "\(resumed.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `hosts that are kept on purpose live until the experiment expires`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(ChaosTests.plan)
            let setup = try await labhost("setup", "--yes", "--provisioner", "ec2", plan)
            #expect(setup.status == 0, "\(setup.errors)")
            try await setClocks(sandbox, 3 * 3600 - 100)
            try await Task.sleep(for: .seconds(3))
            #expect(try await sandbox.machines() == 4)
            try await setClocks(sandbox, 3 * 3600 + 100)
            #expect(try await machines(sandbox, wanted: 0) == 0)
            #expect(try await labhost("teardown", "latest").status == 0)
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
