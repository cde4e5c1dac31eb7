import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import HostSampling

/// The sampler, run for real with stand-ins for what only EC2 has.
@Suite struct SamplerTests {
    private let directory = try? TemporaryDirectory()

    private func write(_ name: String, _ text: String) throws {
        let path = try #require(directory).path.appending(name).string
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    private func run(_ script: Script) throws -> String {
        let directory = try #require(directory).path
        try write("script", script.text)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        // Without the descriptors by which Foundation knows that a child ended: the sampler is to outlive the script.
        let quiet = """
            for fd in /dev/fd/*; do ((${fd##*/} < 3)) || eval "exec ${fd##*/}>&-"; done
            exec /bin/bash "$0"
            """
        process.arguments = ["-c", quiet, directory.appending("script").string]
        process.environment = ["PATH": "\(directory):/usr/bin:/bin"]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return output
    }

    @Test func `a spot instance's notice and clock are collected with its load, and nothing runs on`() throws {
        let directory = try #require(directory).path
        try write(
            "curl",
            """
            #!/bin/bash
            case $* in
            *api/token) printf TOKEN ;;
            *X-aws-ec2-metadata-token:\\ TOKEN*life-cycle) printf spot ;;
            *X-aws-ec2-metadata-token:\\ TOKEN*instance-action) cat '\(directory)/notice' 2>/dev/null || exit 22 ;;
            *) exit 22 ;;
            esac
            """
        )
        try write("chronyc", "#!/bin/bash\necho 'A9,169.254.169.123,4,1.5,-0.0125,0,0,0,0,0,0.0010,0.0005,16,Normal'\n")
        let sampler = Sampler(
            directory: "\(directory)/it's here",
            expected: .seconds(60),
            lifetime: .seconds(600)
        )
        #expect(sampler.interval == 1)
        _ = try run(sampler.start)
        _ = try run(sampler.start)
        try write("notice", #"{"action": "terminate", "time": "2026-01-01T00:00:00Z"}"#)
        let samples = HostSamples(try run(sampler.collect))
        #expect(samples.samples.count >= 2)
        #expect(samples.samples.allSatisfy { $0.time > 1_700_000_000 })
        #expect(samples.samples.first?.notice == nil)
        #expect(samples.notice?.contains("terminate") == true)
        #expect(samples.clock == HostSamples.Clock(offset: -0.0125, errorBound: 0.001))
        #expect(try run(sampler.collect).contains("sample\t"))
        let gone = """
            pid=$(cat "\(directory)/it's here/pid")
            for _ in {1..100}; do
                if ! grep -q '^State:.*[RSDT] ' "/proc/$pid/status" 2>/dev/null; then echo gone; break; fi
                sleep 0.1
            done
            """
        #expect(try run(Script(gone)) == "gone\n")
    }

    @Test func `a host that was never sampled says nothing`() throws {
        let directory = try #require(directory).path
        let sampler = Sampler(directory: "\(directory)/none", expected: .seconds(7200), lifetime: .seconds(10_000))
        #expect(sampler.interval == 10)
        #expect(try run(sampler.collect) == "")
    }
}
