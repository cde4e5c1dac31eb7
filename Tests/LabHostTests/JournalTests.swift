import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LabHost

@Suite struct JournalTests {
    @Test func `a torn last line is left out and the next event starts on its own line`() async throws {
        let fixture = try Fixture()
        try await fixture.journal.record(.phaseStarted(phase: "image"))
        var content = try Files.read(fixture.directory.journal)
        content += Array(#"{"time":"2026-01-"#.utf8)
        try LocalFile.write(content, to: fixture.directory.journal)
        let journal = try Journal(at: fixture.directory.journal, clock: fixture.clock.labClock)
        try await journal.record(.phaseStarted(phase: "provision"))
        let (events, damaged) = try Journal.read(fixture.directory.journal)
        #expect(events.map(\.what) == [.phaseStarted(phase: "image"), .phaseStarted(phase: "provision")])
        #expect(damaged == [2])
    }

    @Test func `the state is that of all events, whether or not they had to be decoded`() async throws {
        let fixture = try Fixture()
        let sample = PeriodSample(
            cell: "period",
            isWarmup: false,
            publishRate: 1,
            consumeRate: 1,
            publishErrorRate: nil,
            backlog: 0,
            publishP99Ms: 1,
            publishDelayP99Ms: nil
        )
        func agree(_ damage: [Int] = []) throws {
            let (events, damaged) = try Journal.read(fixture.directory.journal)
            #expect(damaged == damage)
            #expect(try fixture.directory.state() == ExperimentState(events, damage: damaged))
        }
        func record(_ events: Event.What...) async throws {
            for event in events {
                try await fixture.clock.labClock.sleep(.seconds(1))
                try await fixture.journal.record(event)
            }
        }
        try agree()
        let note = Event.What.note(phase: "image", level: .warning, text: #""what":{"cellEnded":{}}}"#)
        try await record(note)
        try agree()
        try await record(.phaseStarted(phase: "benchmark"), .period(sample: sample), note)
        try agree()
        try await record(.cellStarted(cell: "period", index: 1, of: 1), .period(sample: sample))
        try agree()
        #expect(try fixture.directory.state().lastEventAt == fixture.clock.labClock.now())
        // Half a period, closed off by the next process.
        let whole = try Files.read(fixture.directory.journal)
        let half = whole.split(separator: UInt8(ascii: "\n")).last?.dropLast(2) ?? []
        try LocalFile.write(whole + half, to: fixture.directory.journal)
        try agree()
        try LocalFile.write(whole + half + Array("\n".utf8), to: fixture.directory.journal)
        try agree([7])
        try await Journal(at: fixture.directory.journal, clock: fixture.clock.labClock).record(note)
        try agree([7])
    }

    @Test func `progress is shown and not kept`() async throws {
        let fixture = try Fixture()
        let stream = await fixture.journal.events()
        try await fixture.journal.record(.progress(phase: "ready", progress: Progress("1 of 2")))
        await fixture.journal.finish()
        var seen = 0
        for await _ in stream { seen += 1 }
        #expect(seen == 1)
        #expect(try Journal.read(fixture.directory.journal).events.isEmpty)
    }

    @Test func `an intent without its resource stays open until the teardown is clean`() async throws {
        let fixture = try Fixture()
        try await fixture.journal.record(.intended(resource: ResourceIntent(kind: "instance", name: "broker-1")))
        try await fixture.journal.record(.intended(resource: ResourceIntent(kind: "vpc", name: "vpc")))
        try await fixture.journal.record(.created(resource: Resource(kind: "vpc", id: "vpc-1", name: "vpc")))
        #expect(await fixture.journal.snapshot.openIntents.map(\.name) == ["broker-1"])
        let receipt = Receipt(created: 1, verifiedAbsent: 1, remaining: [], isVerified: true, errors: [])
        try await fixture.journal.record(.receipt(receipt: receipt))
        #expect(await fixture.journal.snapshot.openIntents.isEmpty)
    }

    @Test func `a second process is refused while the first works, and let in afterwards`() throws {
        let fixture = try Fixture()
        var lock: ExperimentLock? = try ExperimentLock(fixture.directory)
        #expect(throws: LabError.self) { try ExperimentLock(fixture.directory) }
        #expect(fixture.directory.isBeingWorkedOn)
        withExtendedLifetime(lock) {}
        lock = nil
        #expect(!fixture.directory.isBeingWorkedOn)
    }

    @Test func `whoever asks whether somebody works is in nobody's way`() async throws {
        let fixture = try Fixture()
        // Each lock is taken while others ask: it is free, and must be had.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<2000 { _ = fixture.directory.isBeingWorkedOn } }
            }
            for _ in 0..<500 { _ = try ExperimentLock(fixture.directory) }
            try await group.waitForAll()
        }
        #expect(!fixture.directory.isBeingWorkedOn)
    }

    @Test func `a lock is waited for, and not for ever`() async throws {
        let home = try TemporaryDirectory()
        let path = home.path.appending("lock")
        var lock = try FileLock.take(path)
        let time = TestClock()
        let clock = time.labClock
        let refused = try await FileLock.take(path, within: .seconds(3), clock: clock)
        #expect(refused == nil)
        #expect(time.slept == .seconds(3))
        #expect(FileLock.holder(of: path) == "process \(ProcessID.current)")
        withExtendedLifetime(lock) {}
        lock = nil
        let taken = try await FileLock.take(path, within: .zero, clock: clock)
        #expect(taken != nil)
        #expect(!FileLock.isHeld(home.path.appending("none")))
    }

    @Test func `an experiment is found by its id, a prefix and latest, and not by a path`() throws {
        let fixture = try Fixture()
        let home = fixture.directory.path.removingLastComponent().removingLastComponent()
        let store = try ExperimentStore(environment: ["LABHOST_HOME": home.string])
        #expect(throws: LabError.self) { try store.find("latest") }
        try LocalFile.write(Array("{}".utf8), to: fixture.directory.experiment)
        try store.markLatest(fixture.directory.id)
        #expect(try store.find("latest") == fixture.directory)
        #expect(try store.find("exp-2025") == fixture.directory)
        for hostile in ["", "../..", "/etc", "exp-1999"] {
            #expect(throws: LabError.self) { try store.find(hostile) }
        }
    }

    @Test func `an experiment that was ended before it had begun is said to be one`() throws {
        let home = try TemporaryDirectory()
        let store = try ExperimentStore(environment: ["LABHOST_HOME": home.path.string])
        let id = try #require(ExperimentID(rawValue: "exp-early"))
        _ = try store.create(id)
        let error = #expect(throws: LabError.self) { try store.find("exp-ear") }
        #expect(error?.message == "exp-early has not begun")
        let again = #expect(throws: LabError.self) { try store.create(id) }
        #expect(again?.hint?.contains("remove") == true)
    }
}
