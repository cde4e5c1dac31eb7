import Foundation
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// Killed with KILL at every write to the journal and at instants between, then carried on or torn down by another
/// process: no result is lost, none is measured twice, and nothing is left.
///
/// Here 150 points are spread over the writes and over the three modes, together with instants and with terraform's own
/// points (``ResumeTests``); with `LABHOST_CHAOS=all` (`make chaos`) every write has all modes.
@Suite(.serialized) struct ChaosTests {
    private let temporary = try? TemporaryDirectory()

    static let plan =
        SmallCluster.keys + """
            name: crash
            test_runs:
              - {name: one, type: fixed_rate, producer_rate: 10000}
              - {name: two, type: fixed_rate, producer_rate: 20000}
            """

    private static let isThorough = ProcessInfo.processInfo.environment["LABHOST_CHAOS"] == "all"

    /// Where and how processes end: `count` points, evenly spread.
    private func points(_ writes: Int, _ count: Int) -> [CrashPoint] {
        let modes: [CrashPoint.How] = [.before, .torn, .after]
        guard !Self.isThorough else {
            return (1...writes).flatMap { write in modes.map { CrashPoint(write: write, how: $0) } }
        }
        return (0..<count).map { CrashPoint(write: 1 + $0 * writes / count, how: modes[$0 % modes.count]) }
    }

    /// How many writes a run takes that nobody disturbs.
    private func countWrites() async throws -> Int {
        var count = 0
        try await Sandbox.run(["--omb-speed", "6000"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let run = try await labhost("run", "--yes", "--provisioner", "ec2", try labhost.plan(Self.plan))
            try #require(run.status == 0, "\(run.errors)")
            count = try labhost.latest("journal.jsonl").utf8.count { $0 == UInt8(ascii: "\n") }
        }
        return count
    }

    /// Takes every item with a labhost of its own, a few at a time: the waiting of one is the work of another. Emulators
    /// are slowed down by what was once in them, so that each is there for a few items only.
    private func forEach<Item: Sendable>(
        _ items: [Item],
        _ body: @escaping @Sendable (LabHost, Sandbox, Int, Item) async throws -> Void
    ) async throws {
        let batches = stride(from: 0, to: items.count, by: 12).map {
            Array(items.indices[$0..<min($0 + 12, items.count)])
        }
        try await inParallel(batches, width: 2) { batch in
            try await Sandbox.run(["--omb-speed", "6000"]) { sandbox in
                try await inParallel(batch, width: 3) { index in
                    try await body(LabHost(sandbox: sandbox), sandbox, index, items[index])
                }
                #expect(try await sandbox.leaks().count == 0)
            }
        }
    }

    private func inParallel<Item: Sendable>(
        _ items: [Item],
        width: Int,
        _ body: @escaping @Sendable (Item) async throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, item) in items.enumerated() {
                if index >= width { try await group.next() }
                group.addTask { try await body(item) }
            }
            try await group.waitForAll()
        }
    }

    private static func run(_ id: String, _ plan: String) -> [String] {
        ["run", "--yes", "--provisioner", "ec2", "--experiment-id", id, plan]
    }

    /// Carries an experiment on and looks at what came of it.
    private func resume(_ labhost: LabHost, _ id: String, _ sandbox: Sandbox, after point: String) async throws {
        let directory = labhost.directory.appending("experiments").appending(id)
        let hasBegun = FileManager.default.fileExists(atPath: directory.appending("experiment.json").string)
        let resumed = try await labhost("resume", id)
        let leaks = try await sandbox.leaks(experiment: id)
        #expect(leaks.count == 0, "\(point): \(leaks)")
        guard hasBegun else {
            #expect(resumed.errors.contains("\(id) has not begun") || resumed.errors.contains("no experiment is named"))
            return
        }
        #expect(resumed.status == 0, "\(point)\n\(resumed.output)\n\(resumed.errors)")
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: directory.appending(name).string, encoding: .utf8)
        }
        let rows = try text("report/results.csv").split(separator: "\r\n").dropFirst()
        #expect(rows.count == 2 && rows.allSatisfy { $0.contains(",valid,") }, "\(point): \(rows)")
        let lines = try text("journal.jsonl").split(separator: "\n")
        let ends = lines.filter { $0.contains("cellEnded") && $0.hasSuffix("}") }
        #expect(ends.count == 2, "\(point): \(ends)")
    }

    @Test func `killed at any write to the journal, an experiment is carried on and nothing is measured twice`()
        async throws
    {
        let library = try await CrashPoint.library(in: try #require(temporary))
        try await forEach(points(try await countWrites(), 90)) { labhost, sandbox, index, point in
            let (id, plan) = ("carried-\(index)", try labhost.plan(Self.plan))
            let run = try await labhost.run(Self.run(id, plan), environment: point.environment(library))
            // A run may take fewer writes than the one in which they were counted.
            #expect(run.status == 137 || run.status == 0, "\(point): \(run.errors)")
            try await resume(labhost, id, sandbox, after: "\(point)")
        }
    }

    @Test func `killed at any write to the journal, an experiment is torn down`() async throws {
        let library = try await CrashPoint.library(in: try #require(temporary))
        try await forEach(points(try await countWrites(), 50)) { labhost, sandbox, index, point in
            let (id, plan) = ("ended-\(index)", try labhost.plan(Self.plan))
            let run = try await labhost.run(Self.run(id, plan), environment: point.environment(library))
            #expect(run.status == 137 || run.status == 0, "\(point): \(run.errors)")
            let teardown = try await labhost("teardown", id)
            #expect(teardown.status == 0, "\(point)\n\(teardown.output)\n\(teardown.errors)")
            let leaks = try await sandbox.leaks(experiment: id)
            #expect(leaks.count == 0, "\(point): \(leaks)")
        }
    }

    @Test func `killed at any instant, an experiment is carried on`() async throws {
        var numbers = SeededNumbers(seed: 20_261_124)
        let instants = (0..<(Self.isThorough ? 60 : 10)).map { _ in numbers.next(in: 300...9000) }
        try await forEach(instants) { labhost, sandbox, index, instant in
            let (id, plan) = ("instant-\(index)", try labhost.plan(Self.plan))
            _ = try await labhost.run(Self.run(id, plan)) { send in
                try await Task.sleep(for: .milliseconds(instant))
                try? send(.kill)
            }
            try await resume(labhost, id, sandbox, after: "\(instant) ms")
        }
    }

    /// The journal cannot be written any more, so that no effect may follow; what exists is taken down all the same.
    @Test(arguments: [12, 30, 60])
    func `with a full disk the cluster is torn down, and the error names the disk`(_ write: Int) async throws {
        let library = try await CrashPoint.library(in: try #require(temporary))
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let point = CrashPoint(write: write, how: .full)
            let run = try await labhost.run(
                Self.run("full", try labhost.plan(Self.plan)),
                environment: point.environment(library)
            )
            // The run failed for its disk, not for anything that is left: that would be 20.
            #expect(run.status == 1)
            #expect(run.errors.contains("No space left on device"), "\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)
            let teardown = try await labhost("teardown", "full")
            #expect(teardown.status == 0, "\(teardown.output)\n\(teardown.errors)")
        }
    }

    @Test func `a journal with a line that nobody can read is carried on, and the line is named`() async throws {
        let library = try await CrashPoint.library(in: try #require(temporary))
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let point = CrashPoint(write: 70, how: .after)
            let plan = try labhost.plan(Self.plan)
            _ = try await labhost.run(Self.run("damaged", plan), environment: point.environment(library))
            let path = labhost.directory.appending("experiments/damaged/journal.jsonl").string
            var lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
            // The id of something that was created: the tags find it all the same.
            let index = try #require(lines.firstIndex { $0.contains("created") && $0.contains("security-group") })
            lines[index] = String(repeating: "\u{0}", count: 80)
            try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
            let shown = try await labhost("show", "damaged")
            #expect(shown.output.contains("journal line \(index + 1) cannot be read"))
            try await resume(labhost, "damaged", sandbox, after: "a damaged line")
        }
    }
}
