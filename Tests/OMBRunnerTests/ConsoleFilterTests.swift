import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import OMBRunner

@Suite("What OMB prints is kept within bounds on the client")
struct ConsoleFilterTests {
    /// Runs the filter around a shell command, as the job does.
    private func run(_ command: String) throws -> (status: Int32, output: String) {
        let directory = try TemporaryDirectory()
        try LocalFile.write(command.utf8, to: directory.path.appending("benchmark.sh"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-e", "-c", ConsoleFilter.script(for: "/bin/sh benchmark.sh")]
        process.currentDirectoryURL = URL(fileURLWithPath: directory.path.string)
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test("a log of usual size goes through as it is, both streams, and the exit status with it")
    func usual() throws {
        let run = try run("echo one; echo 'two  %s ' >&2; printf 'no line end'; exit 3")
        #expect(run.status == 3)
        #expect(run.output == "one\ntwo  %s \nno line end\n")
    }

    @Test("of a flood the head, OMB's own reports and the tail are kept, and what is left out is counted")
    func flood() throws {
        let report = "12:00:09.000 [main] INFO WorkloadGenerator - Pub rate  10.0 msg/s"
        let run = try run(
            """
            echo begin
            awk 'BEGIN { for (n = 0; n < 130000; n++) print "\\tat org.apache.pulsar.client.impl.ProducerImpl.call" n }'
            echo '\(report)'
            awk 'BEGIN { for (n = 0; n < 20000; n++) print "\\tat org.apache.pulsar.client.impl.ProducerImpl.more" n }'
            echo end
            """
        )
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("begin\n"))
        #expect(run.output.hasSuffix("\nend\n"))
        #expect(run.output.utf8.count < ConsoleFilter.head + ConsoleFilter.tail + 1000)
        #expect(run.output.utf8.count > ConsoleFilter.head)
        var reader = ConsoleReader()
        let lines = reader.read(run.output)
        #expect(run.output.contains(report))
        #expect(lines.count > 50_000)
        let whole = (0..<130_000).reduce(0) { $0 + 53 + String($1).utf8.count } + 20_000 * 53
        #expect(try #require(reader.omittedBytes) > whole - ConsoleFilter.head - ConsoleFilter.tail - 200_000)
        #expect(reader.complaints == [])
    }
}
