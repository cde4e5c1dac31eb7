import Foundation
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Terraform's own crash points: killed with KILL, alone or with the host's other processes, and carried on by another process.
@Suite(.serialized) struct ResumeTests {
    /// A moment of a run, and what ends then.
    struct Moment: Sendable {
        /// What the journal says by then, and how often; nil is when terraform's process is there, and has done nothing yet.
        var sign: String?
        var count = 1
        /// Whether terraform is killed, too, as when the machine goes; otherwise it goes on without LabHost.
        var endsTerraform: Bool
    }

    static let moments = [
        Moment(sign: "previewed", endsTerraform: false),
        Moment(sign: "\"created\"", count: 5, endsTerraform: true),
        Moment(sign: "\"created\"", count: 5, endsTerraform: false),
        Moment(sign: "\"deleted\"", endsTerraform: true),
        Moment(sign: nil, endsTerraform: false),
    ]

    /// A terraform that takes seconds to begin an apply, as on a machine with too much to do.
    private static let slowTerraform = """
        #!/bin/sh
        PATH=${PATH#*:}
        if [ "$1" = apply ] && [ ! -e begun ]; then
            touch begun
            sleep 4
        fi
        exec terraform "$@"
        """

    private func makeSlow(_ labhost: LabHost) throws -> [String: String] {
        let folder = labhost.directory.appending("slow")
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        let script = folder.appending("terraform").string
        let content = Data(Self.slowTerraform.utf8)
        try #require(FileManager.default.createFile(atPath: script, contents: content, attributes: attributes))
        return ["PATH": "\(folder):\(ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")"]
    }

    /// The processes that work in a directory.
    private func processes(in directory: String) -> [pid_t] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap { pid_t($0) }.filter { process in
            let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(process)/cwd")
            return place?.hasPrefix(directory) == true
        }
    }

    private func runAndKill(_ labhost: LabHost, at moment: Moment) async throws {
        let run = try await labhost.run(
            ["run", "--yes", "--provisioner", "terraform", try labhost.plan(ChaosTests.plan)],
            environment: moment.sign == nil ? try makeSlow(labhost) : [:]
        ) { send in
            if let sign = moment.sign {
                try await labhost.wait(for: sign, count: moment.count)
            } else {
                try await wait(for: "terraform to begin") { (try? labhost.latest("provision/begun")) != nil }
            }
            try send(.kill)
            guard moment.endsTerraform else { return }
            for process in processes(in: labhost.directory.string) { kill(process, SIGKILL) }
        }
        #expect(run.status == 137, "\(moment): \(run.output)\n\(run.errors)")
    }

    @Test func `a run with terraform that was killed at any of its stages is carried on`() async throws {
        try await Sandbox.run(["--omb-speed", "6000"]) { sandbox in
            // One after the other: two of terraform and its provider at once are too much for two cores.
            for moment in Self.moments {
                let labhost = try LabHost(sandbox: sandbox)
                try await runAndKill(labhost, at: moment)
                let resumed = try await labhost("resume", "latest")
                #expect(resumed.status == 0, "\(moment)\n\(resumed.output)\n\(resumed.errors)")
                let id = try labhost.latestID()
                #expect(try await sandbox.leaks(experiment: id).count == 0, "\(moment)")
                let rows = try labhost.latest("report/results.csv").split(separator: "\r\n").dropFirst()
                #expect(rows.count == 2 && rows.allSatisfy { $0.contains(",valid,") }, "\(moment): \(rows)")
                // Nothing is left to do: once more does no harm.
                let again = try await labhost("resume", "latest")
                #expect(again.status == 0 && again.errors.contains("nothing is left to measure"))
            }
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
