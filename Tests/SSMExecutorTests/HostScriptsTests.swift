import AWS
import PluginAPI
import Subprocess
import SystemPackage
import Testing

@testable import SSMExecutor

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The hosts' shell, run by this machine's `/bin/sh` in a folder of its own.
@Suite struct HostScriptsTests {
    private let host = try? Host()

    @Test func `what a script wrote comes back with its status, whole and checked`() async throws {
        let host = try #require(host)
        let frame = try await host.run("echo hello; echo oops >&2; exit 7")
        #expect(frame.status == 7)
        let all = try Gzip.decompress(frame.content, limit: 1000)
        #expect(String(decoding: all, as: UTF8.self) == "hello\noops\n")
        #expect(frame.outputSize == 6)
        #expect(frame.errorSize == 5)
        #expect(frame.sum == SHA256.hash(all).hexadecimal)
        #expect(try host.leftovers("run").isEmpty)
    }

    @Test func `a script's own interpreter is used`() async throws {
        let host = try #require(host)
        let frame = try await host.run("#!/usr/bin/env bash\n[[ -n $BASH_VERSION ]] && echo bash")
        #expect(String(decoding: try Gzip.decompress(frame.content, limit: 100), as: UTF8.self) == "bash\n")
    }

    @Test(arguments: ["$(touch broken)", "'; touch broken; '", "a\nb", "`touch broken`", "\"\\'"])
    func `a variable's value stays a value`(_ value: String) async throws {
        let host = try #require(host)
        let frame = try await host.run(#"printf %s "$VALUE""#, environment: ["VALUE": value])
        #expect(String(decoding: try Gzip.decompress(frame.content, limit: 100), as: UTF8.self) == value)
        #expect(try host.leftovers("").contains("broken") == false)
    }

    @Test func `an answer too long for one frame stays on the host until all of it was fetched`() async throws {
        let host = try #require(host)
        var frame = try await host.run("head -c 60000 /dev/urandom")
        #expect(!frame.isWhole)
        #expect(frame.content.count == HostScripts.inlineBytes)
        while !frame.isWhole {
            let text = try await host.sh(
                HostScripts.piece(of: frame.directory, from: frame.content.count, count: 17_000)
            )
            frame.content += try #require(Frame.piece(text))
        }
        let all = try Gzip.decompress(frame.content, limit: 100_000)
        #expect(all.count == 60_000)
        #expect(SHA256.hash(all).hexadecimal == frame.sum)
        _ = try await host.sh(HostScripts.forget(frame.directory))
        #expect(try host.leftovers("run").isEmpty)
    }

    @Test func `a file arrives from its pieces, and not at all when one is damaged`() async throws {
        let host = try #require(host)
        let content = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let compressed = try Gzip.compress(content)
        let sum = SHA256.hash(content).hexadecimal
        let target = host.root.appending("it's/here").string
        let half = compressed.count / 2
        for (number, piece) in [Array(compressed[..<half]), Array(compressed[half...])].enumerated() {
            _ = try await host.sh(HostScripts.keep(piece, number: number, of: "t1"))
        }
        _ = try await host.sh(HostScripts.assemble(target, pieces: 2, transfer: "t1", sum: sum))
        #expect(try LocalFile.read(FilePath(target)) == content)

        _ = try await host.sh(HostScripts.keep(compressed, number: 0, of: "t2"))
        let wrong = String(repeating: "0", count: 64)
        let other = host.root.appending("other").string
        _ = try await host.sh(HostScripts.assemble(other, pieces: 1, transfer: "t2", sum: wrong))
        #expect(try LocalFile.read(FilePath(other)) == nil)
    }

    @Test func `a cut frame is no frame`() {
        #expect(Frame("labhost-1 0 1 0 10 abc /tmp/x\nAAAA") == nil)
        #expect(Frame("---Output truncated---") == nil)
        #expect(Frame.piece("AAAA\nlabhost-e") == nil)
    }

    @Test(arguments: 0...5) func `base64 is what base64 is`(_ count: Int) {
        let bytes = Array([255, 0, 17, 200, 3].prefix(count)).map(UInt8.init)
        #expect(Base64.bytes(Base64.text(bytes).utf8) == bytes)
        #expect(Base64.bytes("a*b=".utf8) == nil)
    }

    @Test func `a job's status is read with its sizes and its log`() {
        let text = "running 12\n340 /opt/with space/result.json\n\nline one\nline"
        let status = JobStatus(report: Array(text.utf8), logFrom: 100)
        #expect(status?.state == .running)
        #expect(status?.logSize == 12)
        #expect(status?.fileSizes == ["/opt/with space/result.json": 340])
        #expect(status?.log == "line one\nline")
        #expect(status?.nextOffset == 113)
        #expect(JobStatus(report: Array("unknown 0\n\n".utf8), logFrom: 0)?.state == .unknown)
        #expect(JobStatus(report: Array("137 5\n\n".utf8), logFrom: 5)?.state == .exited(137))
        #expect(JobStatus(report: Array("garbage".utf8), logFrom: 0) == nil)
    }

    /// A folder that stands in for a host's `/var/lib/labhost`.
    private struct Host {
        let root = FilePath(FileManager.default.temporaryDirectory.path).appending("labhost-\(UUID().uuidString)")

        init() throws {
            try FileManager.default.createDirectory(atPath: root.string, withIntermediateDirectories: true)
        }

        func run(_ script: String, environment: [String: String] = [:]) async throws -> Frame {
            let compressed = try Gzip.compress(Array(script.utf8))
            let text = HostScripts.run(script, environment: environment, compressed: compressed)
            return try #require(Frame(try await sh(text)))
        }

        func sh(_ script: String) async throws -> String {
            let local = script.replacing(HostScripts.root, with: root.string).replacing("/root", with: root.string)
            let result = try await Subprocess.run(
                .path("/bin/sh"),
                arguments: ["-c", local],
                output: .string(limit: 1 << 20),
                error: .discarded
            )
            return result.standardOutput
        }

        func leftovers(_ directory: String) throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: root.appending(directory).string)
        }
    }
}
