import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import OMBRunner

@Suite("A run is followed to its result")
struct RunTests {
    private let clock = TestClock()
    private let events = EventRecorder()

    private func run(
        _ cell: Cell,
        _ executor: ReplayExecutor,
        in directory: TemporaryDirectory,
        driver: String = "name: Redis\n"
    ) async throws -> CellOutcome {
        let context = PluginContext.fake(directory: directory.path, events: events, clock: clock.labClock)
        let request = RunRequest(
            cell: cell,
            cluster: .oneClient(driver: driver),
            driver: driver,
            directory: directory.path
        )
        return try await OMBRunner(options: OMBOptions(), context: context).run(request, through: executor)
    }

    private func replay(_ name: String, exit: Int? = 0, answerSize: Int = 24_000) throws -> ReplayExecutor {
        let recording = Recording(name)
        return ReplayExecutor(
            console: try recording.console(),
            result: try recording.result(),
            exit: exit,
            clock: clock,
            answerSize: answerSize
        )
    }

    @Test("a good run is valid, with its log, inputs and result kept as they were")
    func good() async throws {
        let directory = try TemporaryDirectory()
        let executor = try replay("redis-rate-1k")
        let outcome = try await run(.recorded("rate-1k-100b", rate: 1000), executor, in: directory)
        #expect(outcome.reasons == [])
        #expect(outcome.verdict == .valid)
        #expect(try directory.text("omb.log") == Recording("redis-rate-1k").console() + "\n")
        #expect(try LocalFile.read(directory.path.appending("result.json")) == Recording("redis-rate-1k").result())
        #expect(try directory.text("workload.yaml").contains("testDurationMinutes: 1\n"))
        #expect(try directory.text("driver.yaml") == "name: Redis\n")
        let hash = "f60a527b47c52453af9ba1ec699c3b434f40fd4c9cf1cebec543eb5455488998"
        #expect(try directory.text("run.json").contains("\"driver.yaml\" : \"\(hash)\""))
        #expect(await executor.stopped == [])
        #expect(await executor.looks < 40)
    }

    @Test("a log that arrives in pieces of any size is the same log")
    func pieces() async throws {
        let directory = try TemporaryDirectory()
        let executor = try replay("redis-rate-1k", answerSize: 7)
        let outcome = try await run(.recorded("rate-1k-100b", rate: 1000), executor, in: directory)
        #expect(outcome.verdict == .valid)
        #expect(try directory.text("omb.log") == Recording("redis-rate-1k").console() + "\n")
        #expect(await events.events.count { if case .period = $0 { true } else { false } } == 6)
    }

    @Test("of a flood that is over before anybody looks, the reports and the end are read, and it is said")
    func flood() async throws {
        let lines = try Recording("redis-rate-1k").console().split(separator: "\n")
        let moment = try #require(lines.first?.prefix(12))
        let noise = String(repeating: "\tat java.lang.Thread.run(Thread.java:833)\n", count: ConsoleFilter.head / 42)
        let rest = lines.dropFirst().map { moment + $0.dropFirst(12) }.joined(separator: "\n")
        let tail = noise.prefix(ConsoleFilter.tail)
        let console = "\(lines[0])\n\(noise)\(rest)\n\(ConsoleFilter.marker)49000000]\n\(tail)"
        let result = try Recording("redis-rate-1k").result()
        let executor = ReplayExecutor(console: console, result: result, exit: 0, clock: clock, answerSize: 120_000)
        let directory = try TemporaryDirectory()
        let outcome = try await run(.recorded("rate-1k-100b", rate: 1000), executor, in: directory)
        #expect(outcome.causes.map(\.code) == [.logFlood])
        #expect(try directory.text("omb.log").contains("Writing test result into"))
        #expect(await executor.looks < 20)
    }

    @Test("hanging after success is success, and the process is stopped")
    func hangAfterSuccess() async throws {
        let executor = try replay("rabbit-rate-20k-100b", exit: nil)
        let cell = Cell.recorded("rate-20k-100b", rate: 20_000)
        let outcome = try await run(cell, executor, in: try TemporaryDirectory())
        #expect(outcome.verdict == .valid)
        #expect(await executor.stopped.count == 1)
        #expect(clock.slept < .seconds(100))
    }

    @Test("a failure with exit code 0 is invalid, in OMB's own words")
    func failure() async throws {
        let executor = try replay("fail-payload-mismatch")
        let cell = Cell.recorded("fail-payload-mismatch", rate: 1000, size: 1024)
        let outcome = try await run(cell, executor, in: try TemporaryDirectory())
        #expect(outcome.verdict == .invalid)
        #expect(
            outcome.reasons == [
                "OMB ended with status 0 and left no result",
                "OMB: Failed to run the workload 'fail-payload-mismatch' for driver "
                    + "'/opt/benchmark-configs/redis.yaml': io.openmessaging.benchmark.utils.payload.PayloadException: "
                    + "Payload length mismatch. Actual is: 100, but expected: 1,024 ",
            ]
        )
        #expect(outcome.result == nil)
    }

    @Test("a failure that hangs is noticed within seconds and stopped")
    func failureThatHangs() async throws {
        let executor = try replay("fail-max-payload-hangs", exit: nil)
        let cell = Cell.recorded("fail-max-payload-hangs", rate: nil, size: 1024)
        let outcome = try await run(cell, executor, in: try TemporaryDirectory())
        #expect(outcome.verdict == .invalid)
        #expect(outcome.reasons.first == "OMB failed and did not end: it was stopped and left no result")
        #expect(await executor.stopped.count == 1)
        #expect(clock.slept < .seconds(25))
    }

    @Test("a run that stops reporting is stopped, and what it said last is kept")
    func silence() async throws {
        let lines = try Recording("redis-rate-1k").console().split(separator: "\n")
        let periods = lines.indices.filter { lines[$0].contains("Pub rate") }
        let console = lines[...periods[2]].joined(separator: "\n")
        let executor = ReplayExecutor(console: console, result: nil, exit: nil, clock: clock)
        let directory = try TemporaryDirectory()
        let outcome = try await run(.recorded("rate-1k-100b", rate: 1000), executor, in: directory)
        #expect(outcome.verdict == .invalid)
        #expect(outcome.reasons.first?.contains("OMB reported nothing for") == true)
        #expect(clock.slept < .seconds(100))
        #expect(try directory.text("omb.log").contains("Pub rate  1000.9 msg/s"))
    }

    @Test("a connection that is lost for a while loses nothing, and one that stays lost is an error")
    func outage() async throws {
        let cell = Cell.recorded("rate-1k-100b", rate: 1000)
        let directory = try TemporaryDirectory()
        let executor = try replay("redis-rate-1k")
        await executor.loseConnection(during: 5...9)
        #expect(try await run(cell, executor, in: directory).verdict == .valid)
        #expect(try directory.text("omb.log") == Recording("redis-rate-1k").console() + "\n")

        let lost = try replay("redis-rate-1k")
        await lost.loseConnection(during: 5...1_000_000)
        await #expect(throws: LabError.self) { try await run(cell, lost, in: try TemporaryDirectory()) }
    }

    @Test("an attempt that nobody saw end goes on; one that ended is followed by another")
    func attempts() async throws {
        let directory = try TemporaryDirectory()
        let cell = Cell.recorded("rate-1k-100b", rate: 1000)
        let first = try replay("redis-rate-1k")
        let lost = Task { try await run(cell, first, in: directory) }
        lost.cancel()
        _ = try? await lost.value

        _ = try await run(cell, first, in: directory)
        #expect(await Set(first.started.map(\.name)).count == 1)
        let second = try replay("redis-rate-1k")
        _ = try await run(cell, second, in: directory)
        #expect(await first.started.map(\.name) != second.started.map(\.name))
        #expect(await second.started.first?.workingDirectory.hasSuffix("/rate-1k-100b/attempt-2") == true)
    }

    @Test("a run that is followed again after a crash has each period once; another attempt has its own")
    func series() async throws {
        let directory = try TemporaryDirectory()
        let cell = Cell.recorded("rate-1k-100b", rate: 1000)
        let first = try replay("redis-rate-1k")
        await first.loseConnection(during: 14...1_000_000)
        await #expect(throws: LabError.self) { try await run(cell, first, in: directory) }
        let before = try PeriodSeries.read(in: directory.path)
        let log = try directory.text("omb.log")
        #expect(!before.isEmpty && before.count < 6, "\(before.count)")
        #expect(log.contains("Pub rate"))

        await first.loseConnection(during: 0...0)
        #expect(try await run(cell, first, in: directory).verdict == .valid)
        let after = try PeriodSeries.read(in: directory.path)
        #expect(after.count == 6)
        #expect(Array(after.prefix(before.count)) == before)
        #expect(after.map(\.elapsedSeconds) == [10, 20, 30, 40, 50, 60])
        #expect(zip(after, after.dropFirst()).allSatisfy { ($0.offsetSeconds ?? 0) < ($1.offsetSeconds ?? 0) })
        #expect(await events.events.count { if case .period = $0 { true } else { false } } == 6)

        let second = try replay("redis-rate-1k")
        #expect(try await run(cell, second, in: directory).verdict == .valid)
        #expect(try directory.text("attempts/1/omb.log") == Recording("redis-rate-1k").console() + "\n")
        #expect(try PeriodSeries.read(in: directory.path.appending("attempts/1")) == after)
        #expect(try PeriodSeries.read(in: directory.path).count == 6)
    }

    @Test("after a failure the servers are asked, and the one that does not work is named")
    func servers() async throws {
        let executor = try replay("fail-payload-mismatch")
        let cell = Cell.recorded("fail-payload-mismatch", rate: 1000, size: 1024)
        var cluster = Cluster.oneClient()
        cluster.health = HealthCheck(script: "check", stages: ["service"])
        for name in ["broker-1", "broker-2"] {
            var broker = cluster.hosts[0]
            (broker.name, broker.component) = (name, "broker")
            cluster.hosts.append(broker)
        }
        await executor.answer { host in
            host.name == "broker-1"
                ? ScriptOutcome(host: host.name, ending: .exited(0))
                : ScriptOutcome(
                    host: host.name,
                    ending: .exited(1),
                    output: "boot\tuser-data\tok\nservice\tpulsar-broker\tfailed\tinactive\n\tjava: not found\n"
                )
        }
        let directory = try TemporaryDirectory()
        let context = PluginContext.fake(directory: directory.path, events: events, clock: clock.labClock)
        let request = RunRequest(cell: cell, cluster: cluster, driver: "", directory: directory.path)
        let outcome = try await OMBRunner(options: OMBOptions(), context: context).run(request, through: executor)
        #expect(outcome.causes.map(\.code) == [.resultMissing, .benchmarkFailed, .brokerGone])
        #expect(outcome.reasons.last == "broker-2: pulsar-broker: inactive")
    }

    @Test("the secrets of a driver are in neither the log nor the copy of the driver")
    func secrets() async throws {
        let directory = try TemporaryDirectory()
        let driver = "name: Redis\nclient:\n  authentication:\n    data: \"token:abc.def.ghi\"\n"
        let console = "12:00:00.000 [main] INFO LocalWorker - Driver: {\n  \"data\" : \"token:abc.def.ghi\"\n}"
        let executor = ReplayExecutor(console: console, result: nil, exit: 1, clock: clock, answerSize: 5)
        let cell = Cell.recorded("rate-1k-100b", rate: 1000)
        let outcome = try await run(cell, executor, in: directory, driver: driver)
        #expect(outcome.verdict == .invalid)
        #expect(!(try directory.text("omb.log")).contains("abc.def"))
        #expect(!(try directory.text("driver.yaml")).contains("abc.def"))
        #expect(await executor.uploads.values.contains(driver))
    }

    @Test("what OMB would run for ever is refused before anything is started")
    func endless() async throws {
        let executor = try replay("redis-rate-1k")
        let cell = Cell.recorded("rate-1k-100b", rate: 1000, minutes: 0)
        let outcome = try await run(cell, executor, in: try TemporaryDirectory())
        #expect(outcome.verdict == .invalid)
        #expect(outcome.reasons == ["OMB runs for ever when testDurationMinutes is 0; it must be at least 1"])
        #expect(await executor.started.isEmpty)
    }
}
