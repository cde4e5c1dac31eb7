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
                try await labhost.wait(for: "cellStarted")
                try await sandbox.change(#"{"component": "broker", "run": "/sbin/shutdown -h now"}"#)
            }
            #expect(run.status == 13, "\(run.output)\n\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `credentials that end in mid-run are waited for`() async throws {
        try await Sandbox.run(["--omb-speed", "60"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let file = labhost.directory.appending("credentials").string
            @Sendable func log(in key: String) throws {
                let text = "[default]\naws_access_key_id = \(key)\naws_secret_access_key = testing\n"
                try text.write(toFile: file, atomically: true, encoding: .utf8)
            }
            try log(in: "FIRST")
            let plan = try labhost.plan(ChaosTests.plan)
            let environment = [
                "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_SHARED_CREDENTIALS_FILE": file,
            ]
            let run = try await labhost.run(["run", "--yes", "--provisioner", "ec2", plan], environment: environment) {
                _ in
                try await labhost.wait(for: "cellStarted")
                try await sandbox.configure(#"{"expired_keys": "FIRST"}"#)
                try await labhost.wait(for: "the AWS credentials FIRST have ended: waiting 15 min 00 s for new ones")
                try log(in: "SECOND")
            }
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            #expect(run.errors.contains("! the AWS credentials FIRST have ended"), "\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `credentials of the environment cannot be waited for, and it is said how to clean up`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(ChaosTests.plan)
            let run = try await labhost.run(["run", "--yes", "--provisioner", "ec2", plan]) { _ in
                try await labhost.wait(for: "cellStarted")
                try await sandbox.configure(#"{"expired_keys": "testing"}"#)
            }
            #expect(run.status == 20, "\(run.output)\n\(run.errors)")
            #expect(run.errors.contains("the credentials have ended; log in again"), "\(run.errors)")
            #expect(run.errors.contains("labhost teardown"), "\(run.errors)")
            try await sandbox.configure(#"{"expired_keys": ""}"#)
            let resumed = try await labhost("resume", "latest")
            #expect(resumed.status == 0, "\(resumed.output)\n\(resumed.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
