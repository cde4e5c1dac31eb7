import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import OMBRunner

/// The script that makes a worker ready, run by /bin/sh against what a real worker was recorded to answer.
@Suite struct WorkerScriptTests {
    /// Runs the script with a curl that answers from recordings; gives its status, its output and what was asked.
    private func run(_ answers: [String: String]) throws -> (status: Int32, output: String, asked: [String]) {
        let directory = try TemporaryDirectory()
        let cases = answers.map { "*\($0.key)) \($0.value) ;;" }.sorted().joined(separator: "\n")
        let curl = """
            #!/bin/sh
            method=GET
            while [ $# -gt 0 ]; do
                case $1 in --request) method=$2; shift ;; --max-time) shift ;; --*) ;; *) url=$1 ;; esac
                shift
            done
            echo "$method ${url##*8080}" >>'\(directory.path)/asked'
            case $url in
            \(cases)
            esac
            """
        let program = directory.path.appending("curl")
        try curl.write(toFile: program.string, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.string)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", WorkerScripts.prepare.text]
        process.environment = ["PATH": "\(directory.path):/usr/bin:/bin", "LABHOST_WAIT": "0"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let asked = try directory.text("asked").split(separator: "\n").map(String.init)
        return (process.terminationStatus, output, asked)
    }

    /// A shell command that prints what the real worker answered.
    private func recorded(_ name: String) throws -> String {
        let url = try #require(Bundle.module.url(forResource: "WorkerAPI/\(name)", withExtension: "txt"))
        let text = try String(contentsOf: url, encoding: .utf8)
        let answer = try #require(text.range(of: #"\n< 200 [^\n]*\n"#, options: .regularExpression))
        return "printf '%s' '\(text[answer.upperBound...])'"
    }

    @Test func `a worker that answers is freed of what an earlier run left, and its numbers are left alone`() throws {
        let outcome = try run([
            "/counters-stats": try recorded("09-counters-stats"), "/stop-all": try recorded("01-stop-all"),
        ])
        #expect(outcome.status == 0)
        #expect(outcome.asked == ["GET /counters-stats", "POST /stop-all", "GET /counters-stats"])
    }

    @Test func `a worker that counts and cannot stop is stuck`() throws {
        let outcome = try run([
            "/counters-stats": try recorded("09-counters-stats"),
            "/stop-all": "echo 'curl: (28) Operation timed out' >&2; exit 28",
        ])
        #expect(outcome.status == 1)
        #expect(outcome.output == "POST /stop-all: curl: (28) Operation timed out\n")
    }

    @Test func `a port that refuses is told as it is`() throws {
        let outcome = try run(["/counters-stats": "echo 'curl: (7) Connection refused' >&2; exit 7"])
        #expect(outcome.status == 1)
        #expect(outcome.output == "GET /counters-stats: curl: (7) Connection refused\n")
        #expect(outcome.asked == ["GET /counters-stats"])
    }
}
