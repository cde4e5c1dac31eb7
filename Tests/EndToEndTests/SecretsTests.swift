import Foundation
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// What must not be written down: planted, and looked for in everything that was.
@Suite(.serialized) struct SecretsTests {
    private let elsewhere = try? TemporaryDirectory()

    /// A text as it is, and as it looks within Base64 at each of the three places where it can begin.
    private func faces(_ secret: String) -> [Data] {
        [Data(secret.utf8)]
            + (0..<3).map { shift in
                let padded = Data(repeating: 0x20, count: shift) + Data(secret.utf8)
                // Only whole groups of three bytes look the same whatever stands around them.
                let whole = padded.prefix(padded.count / 3 * 3).dropFirst(shift == 0 ? 0 : 3)
                return Data(Data(whole).base64EncodedString().utf8)
            }
    }

    private func files(in directory: FilePath) throws -> [String: Data] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory.string)
        return names.reduce(into: [:]) { files, name in
            files[name] = FileManager.default.contents(atPath: directory.appending(name).string)
        }
    }

    @Test func `secrets are in no file, no output and no argument`() async throws {
        let secrets = ["canary-driver-7Kq2vXw9", "canary-aws-4Zt8sLp1"]
        let driver = try #require(elsewhere).path.appending("driver.yaml").string
        try """
        client:
          authentication:
            plugin: org.apache.pulsar.client.impl.auth.AuthenticationToken
            data: token:\(secrets[0])
        """.write(toFile: driver, atomically: true, encoding: .utf8)
        try await Sandbox.run(["--secret", secrets[1]]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox, environment: ["AWS_SECRET_ACCESS_KEY": secrets[1]])
            let plan = try labhost.plan(ChaosTests.plan + "\ndriver: {file: \(driver)}\n")
            let arguments = Locked<Set<Data>>([])
            let run = try await labhost.run(["run", "--yes", "--provisioner", "terraform", plan]) { _ in
                for _ in 0..<6000 {
                    let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter {
                        Int($0) != nil
                    }
                    for process in processes {
                        let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") ?? Data()
                        // The emulator has its secret from its own arguments.
                        if line.range(of: Data("aws_sandbox.py".utf8)) == nil,
                            line.range(of: Data("AWSSandbox/start".utf8)) == nil
                        {
                            arguments.withLock { _ = $0.insert(line) }
                        }
                    }
                    if (try? labhost.latest("journal.jsonl"))?.contains("\"closed\"") == true { break }
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            try await expectPolicyToAllowCalls(sandbox, labhost, "terraform", plan)
            var written = try files(in: labhost.directory)
            #expect(written.keys.contains { $0.hasSuffix("journal.jsonl") })
            written["standard output"] = Data(run.output.utf8)
            written["standard error"] = Data(run.errors.utf8)
            written["arguments"] = arguments.withLock { $0.reduce(Data(), +) }
            for (name, content) in written {
                for secret in secrets {
                    let isThere = faces(secret).contains { content.range(of: $0) != nil }
                    #expect(!isThere, "\(name) holds \(secret)")
                }
            }
        }
    }

    @Test func `only their owner may look into experiments`() async throws {
        let labhost = try LabHost()
        let plan = try labhost.plan(ChaosTests.plan)
        let dry = ["run", "--yes", "--provisioner", "dry-run", "--executor", "dry-run", plan]
        #expect(try await labhost.run(dry).status == 0)
        let root = labhost.directory.appending("experiments").string
        for name in try FileManager.default.subpathsOfDirectory(atPath: root) {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(root)/\(name)")
            let mode = (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
            #expect(mode & 0o077 == 0, "\(name): \(String(mode, radix: 8))")
        }
    }
}
