import Foundation
import PluginAPI
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

@testable import PacerBuilder

/// The provisioning scripts, run for real in a root folder, with archives from this disk and stand-ins for what changes the
/// machine itself.
struct ScriptTests {
    @Test func `the scripts make what an image needs, twice over`() async throws {
        let bench = try Bench()
        for _ in 0..<2 {
            for step in ["system", "java", "pulsar", "benchmark", "services", "manifest"] {
                let outcome = try await bench.run(step)
                #expect(outcome.status == 0, "\(step): \(outcome.errors)")
            }
        }
        let checks = ImageValidation.checks(try await bench.run("check", ["KEY": "key-1", "VERSION": "3.0.0"]).output)
        #expect(checks.filter { !$0.passed } == [])
        #expect(checks.count == 12)
        let calls = try bench.read("calls")
        #expect(calls.components(separatedBy: "curl").count == 5, "the second time nothing but the digest is fetched")
        #expect(calls.contains("install java-17-amazon-corretto-headless"))
        #expect(calls.contains("systemctl enable amazon-ssm-agent.service"))
        #expect(calls.contains("chown -R pulsar:pulsar"))
        #expect(try bench.read("root/etc/security/limits.d/90-labhost.conf").contains("nofile 1048576"))
        #expect(try bench.read("root/opt/pulsar-templates/systemd/zookeeper.service.tpl").contains("{{PULSAR_MEM}}"))
        struct Manifest: Decodable {
            struct Part: Decodable { var version: String, digest: String, source: String }
            var image: String
            var key: String
            var pulsarVersion: String
            var javaVersion: String
            var parts: [String: Part]
        }
        let manifest = try JSONDecoder().decode(
            Manifest.self,
            from: Data(bench.read("root/opt/labhost/image.json").utf8)
        )
        #expect(manifest.key == "key-1")
        #expect(manifest.javaVersion == "17.0.9")
        #expect(manifest.parts["pulsar"]?.digest == bench.pulsarDigest)
        #expect(manifest.image == Bench.imageName, "a name with quotes breaks out of nothing")

        try bench.write("root/root/.aws", "secret\n")
        let secrets = ImageValidation.checks(try await bench.run("check", ["KEY": "", "VERSION": "3.0.0"]).output)
        #expect(secrets.filter { !$0.passed }.map(\.name) == ["secrets"])
        let clean = try await bench.run("clean")
        #expect(clean.status == 0, "\(clean.errors)")
        #expect(!bench.exists("root/root/.aws"))
        #expect(!bench.exists("files"), "the scripts and their settings go, too")
    }

    @Test func `a file that changed since the build is found`() async throws {
        let bench = try Bench()
        for step in ["system", "java", "pulsar", "benchmark", "services", "manifest"] { _ = try await bench.run(step) }
        try bench.write("root/opt/pulsar/conf/broker.conf", "somethingElse=1\n")
        let checks = ImageValidation.checks(try await bench.run("check", ["KEY": "other", "VERSION": "3.0.0"]).output)
        #expect(checks.filter { !$0.passed }.map(\.name) == ["key", "files"])
        #expect(checks.first { $0.name == "files" }?.detail.contains("broker.conf") == true)
    }

    @Test func `an archive that is not the release's is refused, and says so`() async throws {
        let bench = try Bench()
        try bench.write("mirror/apache-pulsar-3.0.0-bin.tar.gz.sha512", String(repeating: "0", count: 128) + "  x\n")
        let outcome = try await bench.run("pulsar")
        #expect(outcome.status == 1)
        #expect(
            outcome.errors.contains(
                "pulsar: apache-pulsar-3.0.0-bin.tar.gz has the sha512 \(bench.pulsarDigest), not 000"
            )
        )
        #expect(!bench.exists("root/opt/pulsar"))
        try bench.write("mirror/apache-pulsar-3.0.0-bin.tar.gz.sha512", "404 Not Found\n")
        #expect(try await bench.run("pulsar").errors.contains("holds no SHA-512"))
    }

    @Test func `a digest in GnuPG's form is read`() async throws {
        let bench = try Bench()
        let digits = bench.pulsarDigest.uppercased()
        let groups = stride(from: 0, to: 128, by: 8).map { String(digits.dropFirst($0).prefix(8)) }
        let text =
            "apache-pulsar-3.0.0-bin.tar.gz: \(groups[..<8].joined(separator: " "))\n    \(groups[8...].joined(separator: " "))\n"
        try bench.write("mirror/apache-pulsar-3.0.0-bin.tar.gz.sha512", text)
        let outcome = try await bench.run("pulsar")
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test func `the first error ends a step`() async throws {
        let bench = try Bench()
        try bench.stub("dnf", "echo 'No match for argument' >&2; exit 1")
        let outcome = try await bench.run("java")
        #expect(outcome.status == 1)
        #expect(outcome.errors.contains("java: dnf could not install java-17-amazon-corretto-headless"))
        try bench.stub("java", "echo 'openjdk version \"11.0.2\"' >&2")
        try bench.stub("dnf", "exit 0")
        #expect(try await bench.run("java").errors.contains("java: java is 11.0.2, not 17"))
    }

    @Test func `the scripts are clean by shellcheck`() async throws {
        let bench = try Bench()
        let names = try FileManager.default.contentsOfDirectory(atPath: bench.path("files").string)
            .filter { $0.hasSuffix(".sh") }
        let outcome = try await bench.call("shellcheck", ["-x"] + names.sorted(), in: "files")
        #expect(outcome.status == 0, "\(outcome.output)")
        #expect(names.count == 10)
    }
}

/// A root folder, archives, stand-ins, and the scripts beside them.
private struct Bench {
    static let imageName = "it's a \"name\" \\ $(reboot)"
    private let home: TemporaryDirectory
    let pulsarDigest: String

    struct Outcome {
        var status: Int32
        var output: String
        var errors: String
    }

    init() throws {
        home = try TemporaryDirectory()
        let root = home.path
        func make(_ name: String, _ text: String, executable: Bool = false) throws {
            let path = root.pushing(FilePath(name)).string
            let folder = FilePath(path).removingLastComponent().string
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            if executable { try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path) }
        }
        let log = "\(root)/calls"
        for name in ["dnf", "useradd", "chown"] {
            try make("bin/\(name)", "#!/bin/sh\necho \"\(name) $*\" >>'\(log)'\n", executable: true)
        }
        try make("bin/systemctl", "#!/bin/sh\necho \"systemctl $*\" >>'\(log)'\necho enabled\n", executable: true)
        try make("bin/rpm", "#!/bin/sh\n[ \"$1\" != -q ] || exit 1\necho 'bash 5-1 x86_64'\n", executable: true)
        try make("bin/java", "#!/bin/sh\necho 'openjdk version \"17.0.9\" 2026' >&2\n", executable: true)
        try make("bin/id", "#!/bin/sh\nexit 0\n", executable: true)
        try make("bin/curl", "#!/bin/sh\necho \"curl $*\" >>'\(log)'\nexec /usr/bin/curl \"$@\"\n", executable: true)
        for name in ["pulsar", "bookkeeper"] {
            let text = "#!/bin/sh\necho 'Current version of pulsar is: 3.0.0'\n"
            try make("mirror/apache-pulsar-3.0.0/bin/\(name)", text, executable: true)
        }
        for name in ["zookeeper", "bookkeeper", "broker"] {
            try make("mirror/apache-pulsar-3.0.0/conf/\(name).conf", "a=b\n")
        }
        for name in ["benchmark", "benchmark-worker"] {
            let text = "#!/bin/sh\necho 'Usage: messaging-benchmark'\nexit 255\n"
            try make("mirror/omb/bin/\(name)", text, executable: true)
        }
        try make("root/root/.profile", "\n")
        try make("root/var/log/messages", "who was here\n")
        let archive = "mirror/apache-pulsar-3.0.0-bin.tar.gz"
        let benchmark = "mirror/omb.tar.gz"
        try Self.shell("cd '\(root)/mirror' && tar -czf apache-pulsar-3.0.0-bin.tar.gz apache-pulsar-3.0.0")
        try Self.shell("cd '\(root)/mirror' && tar -czf omb.tar.gz omb")
        pulsarDigest = try Self.shell("sha512sum '\(root)/\(archive)'").prefix(128).description
        try make("\(archive).sha512", "\(pulsarDigest)  apache-pulsar-3.0.0-bin.tar.gz\n")
        for (name, content) in ProvisioningFiles.all {
            try make("files/\(name)", String(decoding: content, as: UTF8.self))
        }
        try make("files/check.sh", String(decoding: ProvisioningFiles.check, as: UTF8.self))
        try make("files/handover.sh", String(decoding: ProvisioningFiles.handover, as: UTF8.self))
        let digest = try Self.shell("sha256sum '\(root)/\(benchmark)'").prefix(64)
        let settings = [
            "IMAGE_NAME": Self.imageName, "IMAGE_KEY": "key-1", "IMAGE_RECIPE": "recipe-1", "BASE_IMAGE": "ami-1",
            "BUILT_AT": "2026-01-01T00:00:00Z", "JAVA_PACKAGE": "java-17-amazon-corretto-headless",
            "JAVA_VERSION": "17", "PULSAR_VERSION": "3.0.0", "PULSAR_URL": "file://\(root)/\(archive)",
            "PULSAR_SHA512": "", "BENCHMARK_URL": "file://\(root)/\(benchmark)",
            "BENCHMARK_SHA256": String(digest), "BENCHMARK_COMMIT": "", "BENCHMARK_REPOSITORY": "",
        ]
        let text = settings.map { "\($0.key)=\(Shell.quoted($0.value))\n" }.joined()
        try make("files/settings.env", text)
    }

    func path(_ name: String) -> FilePath { home.path.pushing(FilePath(name)) }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name).string) }

    func read(_ name: String) throws -> String { try String(contentsOfFile: path(name).string, encoding: .utf8) }

    func write(_ name: String, _ text: String) throws {
        try text.write(toFile: path(name).string, atomically: true, encoding: .utf8)
    }

    func stub(_ name: String, _ script: String) throws {
        try write("bin/\(name)", "#!/bin/sh\n\(script)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path("bin/\(name)").string)
    }

    func run(_ step: String, _ variables: [String: String] = [:]) async throws -> Outcome {
        try await call("bash", [path("files/\(step).sh").string], variables)
    }

    func call(
        _ program: String,
        _ arguments: [String],
        _ variables: [String: String] = [:],
        in folder: String = ""
    ) async throws -> Outcome {
        var environment: [Environment.Key: String?] = [
            "LABHOST_ROOT": path("root").string, "HOME": "/root", "PATH": "\(path("bin")):/usr/local/bin:/usr/bin:/bin",
        ]
        for (name, value) in variables { environment[Environment.Key(rawValue: name) ?? "X"] = value }
        let result = try await Subprocess.run(
            .name(program),
            arguments: Arguments(arguments),
            environment: .inherit.updating(environment),
            workingDirectory: folder.isEmpty ? home.path : path(folder),
            output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20)
        )
        let status: Int32 = if case .exited(let code) = result.terminationStatus { code } else { -1 }
        return Outcome(status: status, output: result.standardOutput, errors: result.standardError)
    }

    @discardableResult
    private static func shell(_ command: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", command]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }
}
