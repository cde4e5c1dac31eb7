import GRDB
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct HistoryTests {
    @Test func `a run keeps every finished cell, and a rebuild keeps the same`() async throws {
        var fixture = try Fixture()
        fixture.experiment.tags = ["team": "x", "ExperimentID": "e"]
        fixture.behaviour.run = { cell in
            CellOutcome(verdict: cell.name == "two" ? .suspect : .valid, reasons: ["so"], result: .withPeriods)
        }
        try fixture.directory.freeze(fixture.experiment, fixture.schedule, plan: [])
        let history = try await History(in: fixture.home.path)
        let errors = await (try fixture.engine(history)).run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.isEmpty)
        let cells = try history.cells()
        #expect(Set(cells.map(\.name)) == ["one", "two"])
        let cell = try #require(cells.first { $0.name == "two" })
        #expect(cell.verdict == .suspect)
        #expect(cell.reasons == [VerdictReason(.other, "so")])
        #expect(cell.value(.p99Latency) == 3)
        #expect(cell.value(.endToEndP99Latency) == nil)
        #expect(cell.environment["image.id"] == "ami-1")
        #expect(cell.environment["instances.broker"] == "1 × t3.small")
        #expect(try await history.series(of: [.throughput], in: [cell]) == [.throughput: [[1000, 1001, 1002]]])
        let experiment = try #require(try history.closedExperiments()[cell.experiment])
        #expect(experiment.state == "done")
        #expect(experiment.measured == 2)

        let before = try history.dump()
        try await history.database.write { try $0.execute(sql: "DELETE FROM experiment") }
        let (again, failures) = try await History.rebuild(from: fixture.store)
        #expect(failures.isEmpty)
        #expect(try again.cells() == cells)
        #expect(try again.dump() == before)
        #expect(before.contains { $0.contains("team") })
    }

    @Test func `a history that cannot be written is a warning, and the run goes on`() async throws {
        let fixture = try Fixture()
        let history = try await History(in: fixture.home.path)
        try await history.database.write { try $0.execute(sql: "DROP TABLE period_series") }
        let errors = await (try fixture.engine(history)).run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.isEmpty)
        let text = try fixture.journalText
        #expect(text.components(by: "history --rebuild").count == 2, "it is said, and said once")
        #expect(try fixture.directory.state().exitCode == 0)
    }

    @Test func `a run that was killed is caught up with, and one that closed unseen too`() async throws {
        let fixture = try Fixture()
        try fixture.directory.freeze(fixture.experiment, fixture.schedule, plan: [])
        _ = try await fixture.run()
        let history = try await History(in: fixture.home.path)
        #expect(try history.cells().isEmpty)
        #expect(try history.catchUp(with: fixture.store.experiments).isEmpty)
        #expect(try history.cells().count == 2)
        // Nor is what somebody works on, who writes it, too.
        let lock = try ExperimentLock(fixture.directory)
        try await fixture.journal.record(.opened(command: "bench", version: "0", pid: 1))
        try await history.database.write { try $0.execute(sql: "DELETE FROM cell") }
        #expect(try history.catchUp(with: fixture.store.experiments).isEmpty)
        #expect(try history.cells().isEmpty)
        withExtendedLifetime(lock) {}
    }

    @Test func `what was read is not read again until its journal grows, closed or killed`() async throws {
        let fixture = try Fixture()
        try fixture.directory.freeze(fixture.experiment, fixture.schedule, plan: [])
        _ = try await fixture.run()
        try await fixture.journal.record(.opened(command: "bench", version: "0", pid: 1))
        let history = try await History(in: fixture.home.path)
        try history.catchUp(with: fixture.store.experiments)
        #expect(try history.cells().count == 2)
        #expect(try history.closedExperiments().isEmpty)
        try fixture.directory.remove(outcomes: ["one"])
        #expect(try history.catchUp(with: fixture.store.experiments).isEmpty)
        try await fixture.journal.record(.closed(exitCode: 0))
        #expect(try history.catchUp(with: fixture.store.experiments).keys.map(\.self) == [fixture.directory.id])
    }

    @Test func `the list is the same with the history, without it, and with an old one`() async throws {
        let fixture = try Fixture()
        try fixture.directory.freeze(fixture.experiment, fixture.schedule, plan: [])
        let history = try await History(in: fixture.home.path)
        _ = await (try fixture.engine(history)).run([.image, .provision, .ready], command: "setup", version: "0")
        func agree() throws -> String? {
            let (with, without) = (fixture.store.summaries(from: history), fixture.store.summaries(from: nil))
            #expect(with == without)
            return with.first?.state
        }
        #expect(try agree() == "up")
        // Another process works on it, which cannot write the history.
        try await fixture.journal.record(.opened(command: "bench", version: "0", pid: 1))
        #expect(try agree() == "killed")
        // And a closed one is not read from its journal: an entry of the history wins while the journal has its length.
        try await fixture.journal.record(.closed(exitCode: 0))
        try history.index(fixture.directory)
        try await history.database.write { try $0.execute(sql: "UPDATE experiment SET plan = 'from the index'") }
        #expect(fixture.store.summaries(from: history).map(\.plan) == ["from the index"])
    }

    @Test func `two writers and a reader get on at the same time`() async throws {
        let home = try TemporaryDirectory()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<3 {
                group.addTask {
                    let history = try await History(in: home.path)
                    for index in 0..<40 {
                        try await history.keep(
                            .sample("cell-\(index)", experiment: "exp-\(writer)"),
                            CellSeries(.withPeriods),
                            of: .sample("exp-\(writer)")
                        )
                        _ = try history.cells(.init(limit: 1))
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await History(in: home.path).cells().count == 120)
    }

    /// A connection that may begin to write and leave it at that.
    private static func writer(in home: FilePath) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        return try DatabaseQueue(path: History.path(in: home).string, configuration: configuration)
    }

    @Test func `while another process writes the history is opened and read, and who writes is said`() async throws {
        let home = try TemporaryDirectory()
        do { try await History(in: home.path).keep(.sample("a"), CellSeries(nil), of: .sample("exp-0")) }
        let writer = try Self.writer(in: home.path)
        try writer.inDatabase { try $0.beginTransaction(.immediate) }
        let history = try await History(in: home.path, patience: .milliseconds(20))
        #expect(try history.cells().map(\.name) == ["a"])
        let busy = await #expect(throws: LabError.self) {
            try await history.keep(.sample("b"), CellSeries(nil), of: .sample("exp-0"))
        }
        #expect(busy?.code == .busy)
        #if os(Linux)
        #expect(busy?.cause == "process \(ProcessID.current) is writing it")
        #endif
        try writer.inDatabase { try $0.rollback() }
        try await history.keep(.sample("b"), CellSeries(nil), of: .sample("exp-0"))
        #expect(try history.cells().count == 2)
    }

    @Test func `a writer is waited for once, and not for every experiment that is unknown`() async throws {
        let fixture = try Fixture()
        try fixture.directory.freeze(fixture.experiment, fixture.schedule, plan: [])
        _ = try await fixture.run()
        let others = try (1...20).map { number in
            let date = Date(timeIntervalSince1970: 1_760_000_000 + Double(number))
            let directory = try fixture.store.create(ExperimentStore.newID(at: date))
            var experiment = fixture.experiment
            experiment.id = directory.id
            try directory.freeze(experiment, fixture.schedule, plan: [])
            try LocalFile.write(Array("{}\n".utf8), to: directory.journal)
            return directory
        }
        let history = try await History(in: fixture.home.path, patience: .milliseconds(250))
        let writer = try Self.writer(in: fixture.home.path)
        try writer.inDatabase { try $0.beginTransaction(.immediate) }
        let start = ContinuousClock.now
        let failures = try history.catchUp(with: fixture.store.experiments)
        #expect(ContinuousClock.now - start < .seconds(21 * 0.25))
        #expect(failures.count == others.count + 1)
        #expect(failures.values.allSatisfy { $0.code == .busy })
        try writer.inDatabase { try $0.rollback() }
        #expect(try history.catchUp(with: fixture.store.experiments).isEmpty)
    }

    @Test func `whoever prepares the history is waited for, not for ever, and named`() async throws {
        let home = try TemporaryDirectory()
        let lock = try #require(try FileLock.take(home.path.appending("history.lock")))
        let busy = await #expect(throws: LabError.self) {
            try await History(in: home.path, patience: .milliseconds(20))
        }
        #expect(busy?.code == .busy)
        #expect(busy?.cause?.contains("process \(ProcessID.current)") == true)
        withExtendedLifetime(lock) {}
    }

    @Test func `a history that another process is preparing is not put aside by a rebuild`() async throws {
        let home = try TemporaryDirectory()
        let store = try ExperimentStore(environment: ["LABHOST_HOME": home.path.string])
        // Begun, and not finished: of no use yet, and not damaged.
        try LocalFile.write([], to: History.path(in: home.path))
        let lock = try #require(try FileLock.take(home.path.appending("history.lock")))
        let busy = await #expect(throws: LabError.self) {
            try await History.rebuild(from: store, patience: .milliseconds(20))
        }
        #expect(busy?.code == .busy)
        #expect(!Files.exists(FilePath(History.path(in: home.path).string + ".damaged")))
        withExtendedLifetime(lock) {}
    }

    @Test func `who writes is found in the kernel's list of locks`() {
        let locks = """
            1: POSIX  ADVISORY  READ  11 08:01:77 123 123
            2: OFDLCK ADVISORY  WRITE -1 08:01:77 0 EOF
            3: FLOCK  ADVISORY  WRITE 12 08:01:77 0 EOF
            4: POSIX  ADVISORY  WRITE 13 08:01:78 120 120
            4: -> POSIX  ADVISORY  WRITE 14 08:01:77 120 120
            5: POSIX  ADVISORY  WRITE 4711 08:01:77 120 121
            """
        #expect(HistoryWriter.process(in: locks, inode: 77) == 4711)
        #expect(HistoryWriter.process(in: locks, inode: 79) == nil)
    }

    @Test func `the file is private, and so is what SQLite puts beside it`() async throws {
        let home = try TemporaryDirectory()
        let history = try await History(in: home.path)
        try await history.keep(.sample("a"), CellSeries(nil), of: .sample("exp-0"))
        let names = Files.names(in: home.path)
        #expect(names.contains("history.sqlite-wal"))
        for name in names {
            let facts = try FileManager.default.attributesOfItem(atPath: home.path.appending(name).string)
            #expect(facts[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        withExtendedLifetime(history) {}
    }

    @Test func `a history of the first version is migrated with all that it has`() async throws {
        let home = try TemporaryDirectory()
        let queue = try DatabaseQueue(path: History.path(in: home.path).string)
        var first = DatabaseMigrator()
        first.registerMigration("v1") { try $0.execute(sql: HistorySchema.v1) }
        try first.migrate(queue)
        try await queue.write { database in
            try database.execute(
                sql: """
                    INSERT INTO experiment (id, plan, started_at, state, cells, measured, alive, simulated, labhost_version)
                    VALUES ('exp-0', 'poc', 0, 'done', 1, 1, 0, 0, '0.1.0');
                    INSERT INTO environment (id, hash, facts) VALUES (7, 'h', '{"region":"eu-west-1"}');
                    INSERT INTO cell (experiment, name, content_key, run, type, repetition, factors, verdict, reasons,
                        environment, p99_latency)
                    VALUES ('exp-0', 'a', 'k', 'a', 'fixed_rate', 1, '{}', 'valid', '[]', 7, 4.5);
                    """
            )
        }
        try queue.close()
        let cell = try #require(try await History(in: home.path).cells().first)
        #expect(cell.value(.p99Latency) == 4.5)
        #expect(cell.environment == ["region": "eu-west-1"])
        #expect(cell.importedFrom == nil)
    }

    @Test func `a history of a newer LabHost is refused, and a damaged one is made anew`() async throws {
        let home = try TemporaryDirectory()
        let store = try ExperimentStore(environment: ["LABHOST_HOME": home.path.string])
        do {
            let history = try await History(in: home.path)
            try await history.database.write {
                try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('v99')")
            }
        }
        let newer = await #expect(throws: LabError.self) { try await History(in: home.path) }
        #expect(newer?.cause?.contains("newer") == true)

        try LocalFile.write(
            Array("this is no database, however long one looks at it\n".utf8),
            to: History.path(in: home.path)
        )
        let damaged = await #expect(throws: LabError.self) { try await History(in: home.path) }
        #expect(damaged?.hint?.contains("--rebuild") == true)
        #expect(try await History.rebuild(from: store).history.cells().isEmpty)
        #expect(Files.exists(FilePath(History.path(in: home.path).string + ".damaged")))
    }

    @Test func `hostile names and reasons come back as they were, and change nothing else`() async throws {
        let history = try History()
        let hostile = "a'); DROP TABLE cell; --\u{1b}[31m<script>\"\n"
        var cell = HistoryCell.sample(hostile)
        cell.reasons = [VerdictReason(.lastWords, hostile)]
        cell.factors = [hostile: hostile]
        var experiment = HistoryExperiment.sample("exp-0")
        (experiment.plan, experiment.tags) = (hostile, [hostile: hostile])
        try await history.keep(cell, CellSeries(nil), of: experiment)
        cell.plan = hostile
        #expect(try history.cells(.init(plan: hostile)) == [cell])
        let table = HistoryTable.render([cell], metrics: [])
        #expect(!table.contains("\u{1b}"))
        #expect(table.split(separator: "\n").count == 2)
    }

    @Test func `period series are bounded, and come back as they were kept`() throws {
        var result = BenchmarkResult.withPeriods
        result.periods = (0..<5000).map { BenchmarkResult.Period(publishRate: Double($0), consumeRate: 1) }
        let series = CellSeries(result)
        #expect(series.values[.throughput]?.count == 500)
        #expect(series.values[.throughput]?.first == 4.5)
        #expect(series.values[.p99Latency] == nil)
        #expect(CellSeries(decoding: series.encoded) == series)
        #expect(CellSeries(decoding: series.encoded.dropLast()) == nil)
        #expect(CellSeries(decoding: []) == nil)
    }

    @Test func `every metric has its column`() async throws {
        let history = try History()
        var cell = HistoryCell.sample("a")
        for (index, metric) in Metric.allCases.enumerated() { cell.metrics[metric] = Double(index) }
        try await history.keep(cell, CellSeries(nil), of: .sample("exp-0"))
        #expect(try history.cells().first?.metrics == cell.metrics)
    }
}

extension History {
    /// All that it says besides the cells, without the numbers that SQLite gives rows.
    fileprivate func dump() throws -> [String] {
        try database.read { database in
            try Row.fetchAll(database, sql: "SELECT * FROM experiment ORDER BY id").map(\.description)
                + Row.fetchAll(database, sql: "SELECT * FROM tag ORDER BY experiment, key").map(\.description)
                + Row.fetchAll(
                    database,
                    sql: """
                        SELECT cell.name, hex(content) FROM period_series JOIN cell ON cell.id = period_series.cell
                        ORDER BY cell.experiment, cell.name
                        """
                ).map(\.description)
        }
    }
}

extension ExperimentDirectory {
    fileprivate func remove(outcomes names: [String]) throws {
        for name in names { LocalFile.remove(outcome(of: name)) }
    }
}

extension HistoryCell {
    static func sample(_ name: String, experiment: String = "exp-0") -> HistoryCell {
        HistoryCell(
            experiment: experiment,
            plan: "poc",
            name: name,
            key: "k",
            run: "a",
            type: "fixed_rate",
            repetition: 1,
            factors: [:],
            verdict: .valid,
            reasons: [],
            startedAt: nil,
            endedAt: Date(timeIntervalSince1970: 1_760_000_000),
            isSimulated: false,
            importedFrom: nil,
            environment: [:],
            metrics: [.p99Latency: 3]
        )
    }
}

extension HistoryExperiment {
    static func sample(_ id: String) -> HistoryExperiment {
        HistoryExperiment(
            id: id,
            plan: "poc",
            startedAt: Date(timeIntervalSince1970: 1_760_000_000),
            endedAt: nil,
            state: "done",
            exitCode: 0,
            cells: 1,
            measured: 1,
            alive: 0,
            isSimulated: false,
            labhostVersion: "0",
            cost: nil,
            costBasis: nil,
            tags: [:],
            journalBytes: 1
        )
    }
}

extension BenchmarkResult {
    static var withPeriods: BenchmarkResult {
        var result = BenchmarkResult.sample
        result.periods = (0..<3).map { BenchmarkResult.Period(publishRate: 1000 + Double($0), consumeRate: 1000) }
        return result
    }
}
