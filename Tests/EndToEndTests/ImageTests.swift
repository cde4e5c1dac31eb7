import AWS
import Foundation
import PluginAPI
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// Images from the first call to the last, with the real packer.
@Suite(.serialized) struct ImageTests {
    /// Archives of what the emulator's machines have, outside of the folders that each machine has for itself.
    private final class Mirror {
        let folder: FilePath
        let settings: [String]

        init(script: String? = nil) throws {
            // Where the machines see it: what a clone may lie in, /home and /tmp, are folders of their own to them.
            let shared = FilePath("/dev/shm")
            let parent =
                FileManager.default.isWritableFile(atPath: shared.string) ? shared : Repository.root.appending(".build")
            folder = parent.appending("labhost-mirror-\(UUID().uuidString)")
            try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: true)
            let machine = Repository.root.appending("Tests/AWSSandbox/machine/opt")
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = [
                "-euc",
                """
                tar -C "$1" -czf "$2/pulsar.tar.gz" pulsar
                tar -C "$1" -czf "$2/benchmark.tar.gz" openmessaging-benchmark
                cd "$2"
                sha512sum pulsar.tar.gz >pulsar.tar.gz.sha512
                sha256sum benchmark.tar.gz >digest
                """, "sh", machine.string, folder.string,
            ]
            try process.run()
            process.waitUntilExit()
            let digest = try String(contentsOfFile: folder.appending("digest").string, encoding: .utf8).prefix(64)
            var settings = [
                "pulsar_url=file://\(folder)/pulsar.tar.gz", "benchmark_url=file://\(folder)/benchmark.tar.gz",
                "benchmark_sha256=\(digest)", "encrypted=true",
            ]
            if let script {
                try script.write(toFile: folder.appending("own.sh").string, atomically: true, encoding: .utf8)
                settings.append("script=\(folder)/own.sh")
            }
            self.settings = settings
        }

        deinit { try? FileManager.default.removeItem(atPath: folder.string) }

        var flags: [String] { settings.flatMap { ["--set", $0] } }

        /// A rehearsal with a real image, built by this recipe if need be.
        func plan(_ image: String) -> String {
            let options = settings.map { $0.replacing("=", with: ": ", maxReplacements: 1) }.joined(separator: ", ")
            return """
                name: image
                image: \(image)
                plugins:
                  image: {use: packer, options: {\(options)}}
                  provisioner: dry-run
                  executor: {use: dry-run, options: {speed: 6000}}
                base_workload: {test_duration_minutes: 1, warmup_duration_minutes: 0}
                test_runs: [{name: steady, type: fixed_rate, producer_rate: 1000}]
                """
        }
    }

    private struct Image: Decodable {
        var id: String
        var region: String
        var key: String?
        var state: String
        var isEncrypted: Bool
        var uses: [String]?
    }

    private let environment = ["AWS_POLL_DELAY_SECONDS": "1"]

    private func list(_ labhost: LabHost, _ regions: String = "us-west-2") async throws -> [Image] {
        let listed = try await labhost("image", "list", "--json", "--no-cache", "--region", regions)
        #expect(listed.status == 0, "\(listed.errors)")
        return try JSONDecoder().decode([Image].self, from: Data(listed.output.utf8)).filter { $0.key != nil }
    }

    @Test func `an image is built once, checked, copied, pruned and deleted, and nothing else is left`() async throws {
        try await Sandbox.run(["--iam-lag", "0.5", "--image-delay", "1"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox, environment: environment)
            let mirror = try Mirror()
            let plan = try labhost.plan(mirror.plan("{pulsar_version: 3.0.0, build_if_missing: true}"))
            let looked = try await labhost("plan", "--online", plan)
            #expect(looked.status == 0, "\(looked.errors)")
            #expect(try await sandbox.leaks().count == 0, "looking builds nothing")
            let run = try await labhost("run", "--yes", plan)
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            let id = try #require(try await list(labhost).first?.id)
            // The base image and the new one are all that there is.
            #expect(try await sandbox.leaks().kinds == ["image": 1])
            #expect(try await sandbox.calls()["ec2.CreateKeyPair"] == nil)
            #expect(try await sandbox.calls()["ec2.AuthorizeSecurityGroupIngress"] == nil, "no port is opened")
            let again = try await labhost.run(["image", "build"] + mirror.flags)
            #expect(again.output.trimmingCharacters(in: .whitespacesAndNewlines) == id, "\(again.errors)")
            #expect(try await labhost("image", "latest").output == "\(id)\n")

            let validated = try await labhost("image", "validate", id)
            #expect(validated.status == 0, "\(validated.output)\n\(validated.errors)")
            #expect(validated.output.components(separatedBy: "ok    ").count == 13, "\(validated.output)")
            #expect(try await sandbox.leaks().kinds == ["image": 1])

            let copied = try await labhost("image", "copy", id, "--to", "eu-west-1,ap-south-1")
            #expect(copied.status == 0, "\(copied.errors)")
            let far = try labhost.plan(mirror.plan("{copy_from: [eu-north-1, us-west-2]}"), named: "far.yaml")
            let moved = try await labhost("run", "--yes", "--region", "eu-west-2", far)
            #expect(moved.status == 0, "\(moved.errors)")
            let missing = try await labhost("run", "--yes", "--region", "eu-west-3", "--set", "image.copy_from=[]", far)
            #expect(missing.status == 10, "\(missing.errors)")
            let images = try await list(labhost, "us-west-2,eu-west-1,ap-south-1,eu-west-2")
            #expect(Set(images.map(\.region)) == ["us-west-2", "eu-west-1", "ap-south-1", "eu-west-2"])
            #expect(Set(images.map(\.key)).count == 1)
            let cached = try await labhost("image", "list")
            let asked = try await sandbox.calls()["ec2.DescribeImages"]
            #expect(try await labhost("image", "list").output == cached.output)
            #expect(try await sandbox.calls()["ec2.DescribeImages"] == asked, "a list of a moment ago will do")
            #expect(images.allSatisfy { $0.isEncrypted && $0.state == "available" })

            // A second one of the same content, and the first goes, but not while something runs from it.
            let account = try Account(sandbox)
            let abroad = try #require(images.first { $0.region == "eu-west-1" })
            let back = ["image", "copy", abroad.id, "--region", abroad.region, "--to", "us-west-2"]
            #expect(try await labhost.run(back).output == "us-west-2: \(id), which was there before\n")
            #expect(try await labhost.run(back + ["--force"]).status == 0)
            let newer = try #require(try await list(labhost).first { $0.id != id }?.id)
            let (instance, user) = try await launch(id, in: account)
            let prune = ["image", "prune", "--keep", "1", "--older-than", "0s"]
            let kept = try await labhost.run(prune + ["--execute"])
            #expect(kept.output.contains("left alone: \(id)"), "\(kept.output)")
            #expect(kept.output.contains("in use by \(user)"))
            #expect(try await labhost("image", "delete", id).status == 1)
            try await account.call("TerminateInstances", ["InstanceId.1": instance])
            let rehearsed = try await labhost.run(prune)
            #expect(rehearsed.output.contains("would be deleted: \(id)"))
            #expect(rehearsed.errors.contains("1 would be deleted"), "\(rehearsed.errors)")
            #expect(try await labhost.run(prune + ["--execute"]).output.contains("deleted: \(id)"))
            #expect(try await labhost("image", "delete", newer).status == 0)
            for copy in images where copy.region != "us-west-2" {
                let gone = try await labhost("image", "delete", copy.id, "--region", copy.region)
                #expect(gone.status == 0, "\(gone.errors)")
                #expect(try await sandbox.leaks(region: copy.region).count == 0)
            }
            #expect(try await sandbox.leaks().kinds == [:])
        }
    }

    private func launch(_ image: String, in account: Account) async throws -> (id: String, use: String) {
        let run: QueryParameters = ["ImageId": image, "InstanceType": "t3.micro", "MinCount": "1", "MaxCount": "1"]
        let reply = try await account.client.query(.ec2, "RunInstances", run, safety: .once)
        let id = try #require(reply.items("instancesSet").first?.text("instanceId"))
        return (id, "instance \(id)")
    }

    @Test func `an interrupted build leaves nothing, and a killed one is swept`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox, environment: environment)
            let mirror = try Mirror(script: "touch /opt/labhost/here\nsleep 600\n")
            let build = ["image", "build"] + mirror.flags
            let interrupted = try await labhost.run(build) { send in
                try await Self.waitForScript(sandbox)
                try send(.interrupt)
            }
            #expect(interrupted.status == 130, "\(interrupted.errors)")
            #expect(try await sandbox.leaks().kinds == [:])

            // Killed: packer notices that LabHost is gone, and ends its instance; a role and a group are left to sweep.
            _ = try await labhost.run(build) { send in
                try await Self.waitForScript(sandbox)
                try send(.kill)
            }
            try await wait(for: "the machines to end") { try await sandbox.machines() == 0 }
            let left = try await sandbox.leaks().kinds
            #expect(left["instance"] == nil && !left.isEmpty, "\(left)")
            try await sweepOne(labhost)
            #expect(try await sandbox.leaks().kinds == [:])

            // Both killed: the instance is left, too, until the sweep, or until it ends itself.
            let home = labhost.directory.string
            _ = try await labhost.run(build) { send in
                try await Self.waitForScript(sandbox)
                try Self.killPacker(below: home)
                try send(.kill)
            }
            #expect(try await sandbox.machines() == 1)
            try await sweepOne(labhost)
            #expect(try await sandbox.leaks().kinds == [:])
        }
    }

    /// Both processes end while EC2 carries out a call of packer's.
    @Test(arguments: ["ec2.RunInstances", "ec2.CreateImage"])
    func `a build that ends with packer in mid-call leaves what sweep and image delete take away`(_ call: String)
        async throws
    {
        try await Sandbox.run(["--image-delay", "2"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox, environment: environment)
            let mirror = try Mirror()
            let home = labhost.directory.string
            let killed = try await labhost.run(["image", "build"] + mirror.flags) { send in
                try await wait(for: call) { try await sandbox.calls()[call] != nil }
                try Self.killPacker(below: home)
                try send(.kill)
            }
            #expect(killed.status == 137)
            try await sweepOne(labhost)
            if call == "ec2.CreateImage" {
                // EC2 goes on making the image. LabHost may have come to tag it: it is whole then, and otherwise known by its name.
                let tagged = try await list(labhost).map(\.id)
                let left = try await labhost("image", "list", "--no-cache").output
                let untagged = left.firstMatch(of: /(ami-\S+).*left by a killed build/).map { String($0.1) }
                let id = try #require(tagged.first ?? untagged, "\(left)")
                let latest = try await labhost("image", "latest").output
                #expect(tagged.contains(id) || !latest.contains(id), "nobody may take what is not known")
                let deleted = try await labhost("image", "delete", id)
                #expect(deleted.status == 0, "\(deleted.errors)")
            }
            #expect(try await sandbox.leaks().kinds == [:])
        }
    }

    /// Deletes what the one experiment that is found left behind.
    private func sweepOne(_ labhost: LabHost) async throws {
        struct Found: Decodable {
            struct Entry: Decodable {
                struct Remains: Decodable { var experiment: String }
                var remains: Remains
            }
            var entries: [Entry]
        }
        let found = try await labhost("sweep", "--json")
        let whose = try JSONDecoder().decode(Found.self, from: Data(found.output.utf8)).entries
        #expect(whose.count == 1)
        let id = try #require(whose.first?.remains.experiment)
        let swept = try await labhost("sweep", "--experiment-id", id, "--execute")
        #expect(swept.status == 0, "\(swept.output)\n\(swept.errors)")
    }

    /// Kills packer, which works in a directory of LabHost's home; it is in a session of its own.
    private static func killPacker(below home: String) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
            guard let pid = Int32(name),
                let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/cwd"),
                place.hasPrefix(home)
            else { continue }
            kill(pid, SIGKILL)
        }
    }

    /// Waits until the user's script runs on a machine.
    private static func waitForScript(_ sandbox: Sandbox) async throws {
        try await wait(for: "the script on the machine") {
            try await sandbox.machineRoots().contains {
                FileManager.default.fileExists(atPath: $0 + "/opt/labhost/here")
            }
        }
    }
}
