import Document
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import DryRunExecutor

@Suite struct ScenarioTests {
    private let host = Host(
        name: "broker-1",
        component: "broker",
        instanceID: "i-1",
        privateAddress: "10.0.0.1",
        instanceType: "m5.large"
    )

    private func executor(_ answers: [ScriptedAnswer], in directory: TemporaryDirectory) throws -> DryRunExecutor {
        let options = DryRunOptions(speed: 100, answers: answers)
        return try DryRunExecutor(options: options, context: .fake(directory: directory.path, clock: .system))
    }

    @Test(arguments: ExecutorConformance.cases)
    func `the dry-run executor conforms`(_ conformance: ExecutorConformance.Case) async throws {
        let directory = try TemporaryDirectory()
        let answers = ExecutorConformance.answers(in: "/opt/case").map { answer in
            ScriptedAnswer(
                script: answer.script,
                exit: answer.exit,
                output: answer.output,
                errors: answer.errors,
                takes: .seconds(answer.seconds),
                files: answer.files
            )
        }
        try await conformance.check(
            .init(
                executor: try executor(answers, in: directory),
                hosts: [host],
                folder: "/opt/case",
                local: directory.path
            )
        )
    }

    @Test func `an answer is given as often as the scenario says, and to those it names`() async throws {
        let directory = try TemporaryDirectory()
        var other = host
        (other.name, other.component, other.instanceID) = ("bookie-1", "bookkeeper", "i-2")
        let executor = try executor(
            [
                ScriptedAnswer(script: "df", host: "broker", exit: 1, errors: "no disk", times: 1),
                ScriptedAnswer(host: "bookie-1", unreachable: "ConnectionLost"),
            ],
            in: directory
        )
        let first = try await executor.run(Script("df -h"), on: [host, other])
        #expect(first.map(\.ending) == [.exited(1), .undelivered("ConnectionLost")])
        #expect(first.map(\.errors) == ["no disk", ""])
        #expect(try await executor.run(Script("df -h"), on: [host]).map(\.ending) == [.exited(0)])
    }

    @Test func `every command is written down, without values of variables and contents of files`() async throws {
        let directory = try TemporaryDirectory()
        let executor = try executor([], in: directory)
        _ = try await executor.run(Script("uptime", environment: ["TOKEN": "hunter2"]), on: [host])
        try await executor.upload(Array("hunter2".utf8), to: "/etc/secret", on: [host])
        try await executor.start(
            Job(name: "j", script: "exit 0", workingDirectory: "/", timeout: .seconds(1)),
            on: host
        )
        try await executor.stop("j", on: host)
        let lines = try directory.text("commands.jsonl").split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[0] == #"{"hosts":["broker-1"],"kind":"run","script":"uptime","variables":["TOKEN"]}"#)
        #expect(lines[1].contains(#""size":7"#) && lines[1].contains(#""path":"/etc/secret""#))
        #expect(!lines.joined().contains("hunter2"))
    }

    @Test func `a scenario is read from a plan`() throws {
        let text = """
            answers:
              - {script: df, host: broker, exit: 1, errors: full, takes: 5m, times: 2, files: {/tmp/x: "1"}}
              - {unreachable: gone}
            """
        let node = try YAML.parse(Array(text.utf8), file: "options")
        let options = try NodeDecoder().decode(DryRunOptions.self, from: node)
        #expect(
            options.answers == [
                ScriptedAnswer(
                    script: "df",
                    host: "broker",
                    exit: 1,
                    errors: "full",
                    takes: .seconds(300),
                    times: 2,
                    files: ["/tmp/x": "1"]
                ), ScriptedAnswer(unreachable: "gone"),
            ]
        )
    }
}
