import Document
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import OMBRunner

@Suite("What OMB is given cannot be misread")
struct InputTests {
    @Test("a workload names every key that OMB has a dangerous default for")
    func workload() {
        var cell = Cell.recorded("fixed-10k#2", rate: 10_000, size: 1024, minutes: 5)
        cell.workload.consumersPerSubscription = 3
        #expect(
            WorkloadFile(for: cell, home: "/opt/omb").yaml == """
                name: "fixed-10k#2"
                topics: 1
                partitionsPerTopic: 1
                keyDistributor: "NO_KEY"
                messageSize: 1024
                useRandomizedPayloads: true
                randomBytesRatio: 0.5
                randomizedPayloadPoolSize: 1000
                subscriptionsPerTopic: 1
                producersPerTopic: 1
                consumerPerSubscription: 3
                producerRate: 10000
                consumerBacklogSizeGB: 0
                testDurationMinutes: 5
                warmupDurationMinutes: 0

                """
        )
    }

    @Test("a payload file is absolute, because OMB's working directory is its own")
    func payload() {
        var cell = Cell.recorded("a", rate: 1)
        cell.workload.payloadFile = "payload/1kb.data"
        #expect(WorkloadFile(for: cell, home: "/opt/omb").yaml.contains("payloadFile: \"/opt/omb/payload/1kb.data\"\n"))
        cell.workload.payloadFile = "/data/1kb.data"
        #expect(WorkloadFile(for: cell, home: "/opt/omb").yaml.contains("payloadFile: \"/data/1kb.data\"\n"))
    }

    @Test("a hostile name stays one value of one key")
    func hostileName() throws {
        let cell = Cell.recorded("no\"\ntestDurationMinutes: 0 # \u{1b}", rate: 1)
        let node = try YAML.parse(Array(WorkloadFile(for: cell, home: "/").yaml.utf8), file: "workload.yaml")
        #expect(node["name"]?.text == cell.name)
        #expect(node["testDurationMinutes"]?.text == "1")
    }

    @Test("no text ends a shell word", arguments: ["a'b", "$(reboot)", "a b;c", "`x`", ""])
    func shell(text: String) {
        let quoted = Shell.quoted(text)
        #expect(quoted.hasPrefix("'") && quoted.hasSuffix("'"))
        #expect(quoted.dropFirst().dropLast().replacing("'\\''", with: "").contains("'") == false)
    }

    @Test("everything that OMB would take silently is refused, all at once")
    func faults() {
        var cell = Cell.recorded("a/b", rate: 0, minutes: 0)
        cell.workload.topics = 0
        cell.workload.keyDistributor = "ROUND_ROBIN"
        #expect(WorkloadFile(for: cell, home: "/").faults.count == 5)
        var backlog = Cell.recorded("a", rate: nil)
        backlog.workload.consumerBacklogSizeGB = 1
        #expect(WorkloadFile(for: backlog, home: "/").faults.count == 1)
    }

    @Test("a job's name is safe, and two cells never share one")
    func jobNames() throws {
        let experiment = try #require(ExperimentID(rawValue: "exp-20260101-000000-test"))
        let cells = ["a.1", "a#1", "a-1"]
        let names = cells.map { RunManifest.jobName(experiment: experiment, cell: $0, attempt: 1) }
        #expect(Set(names).count == 3)
        #expect(
            names.allSatisfy { $0.wholeMatch(of: /[a-z0-9-]+/) != nil && $0.hasPrefix("exp-20260101-000000-test-a-1-") }
        )
        #expect(names[0] == RunManifest.jobName(experiment: experiment, cell: "a.1", attempt: 1))
        #expect(names[0] != RunManifest.jobName(experiment: experiment, cell: "a.1", attempt: 2))
    }
}

@Suite("A long log keeps its head and its tail")
struct LogKeeperTests {
    @Test("a log within the limit is whole; a longer one says what is missing")
    func bounded() throws {
        let directory = try TemporaryDirectory()
        var short = LogKeeper(directory.path.appending("short"), limit: 100)
        for number in 0..<10 { try short.append("line \(number)\n") }
        try short.finish()
        #expect(try directory.text("short") == (0..<10).map { "line \($0)\n" }.joined())

        var long = LogKeeper(directory.path.appending("long"), limit: 100)
        for number in 10..<60 { try long.append("line \(number)..\n") }
        try long.finish()
        let text = try directory.text("long")
        #expect(text.hasPrefix("line 10..\n"))
        #expect(text.contains("\n[labhost: 400 bytes were left out here]\n"))
        #expect(text.hasSuffix("line 55..\nline 56..\nline 57..\nline 58..\nline 59..\n"))
    }
}
