import Subprocess
import Testing

/// What a run does when it is asked to end, and who else may work on its experiment meanwhile.
@Suite(.serialized) struct SignalTests {
    @Test func `a lost terminal ends nothing, and a request to end keeps what was measured`() async throws {
        try await Sandbox.run(["--omb-speed", "60"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(ChaosTests.plan)
            let run = try await labhost.run(["run", "--yes", "--provisioner", "ec2", plan]) { send in
                try await labhost.wait(for: "cellStarted")
                try send(.terminalClosed)
                // Another process reads what happens, and is refused where it would take part.
                let shown = try await labhost("show", "latest")
                #expect(shown.status == 0 && shown.output.contains("… benchmark"), "\(shown.output)\n\(shown.errors)")
                for command in ["resume", "teardown", "bench"] {
                    let refused = try await labhost(command, "latest")
                    #expect(refused.status == 1, "\(command): \(refused.errors)")
                    #expect(refused.errors.contains("another process is working on"), "\(command): \(refused.errors)")
                }
                try await labhost.wait(for: "cellEnded")
                try send(.terminate)
            }
            #expect(run.status == 130, "\(run.output)\n\(run.errors)")
            #expect(run.errors.contains("interrupted: ending this step and cleaning up; once more to leave at once"))
            #expect(try labhost.latest("report/results.csv").contains(",valid,"))
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `a second request leaves at once and says how to go on`() async throws {
        try await Sandbox.run(["--omb-speed", "20", "--terminate-delay", "5"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(ChaosTests.plan)
            let run = try await labhost.run(["run", "--yes", "--provisioner", "ec2", plan]) { send in
                try await labhost.wait(for: "cellStarted")
                try send(.interrupt)
                try await labhost.wait(for: #""phase":"teardown""#)
                try send(.interrupt)
            }
            let id = try labhost.latestID()
            #expect(run.status == 130, "\(run.output)\n\(run.errors)")
            let words = "left at once; to carry on: labhost resume \(id); to clean up: labhost teardown \(id)"
            #expect(run.errors.contains(words), "\(run.errors)")
            let teardown = try await labhost("teardown", id)
            #expect(teardown.status == 0, "\(teardown.output)\n\(teardown.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
