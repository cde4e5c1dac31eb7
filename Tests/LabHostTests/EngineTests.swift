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

@Suite struct EngineTests {
    @Test func `a run measures every cell, reports and tears down`() async throws {
        let fixture = try Fixture()
        let errors = try await fixture.run()
        #expect(errors.isEmpty)
        #expect(fixture.log == ["provision", "run one", "run two", "teardown of 1, cancelled: false"])
        let state = try fixture.directory.state()
        #expect(state.receipt?.isClean == true)
        #expect(state.alive.isEmpty)
        #expect(state.exitCode == 0)
        #expect(try Files.read(fixture.directory.report.appending("count.txt")) == Array("2".utf8))
    }

    @Test func `a cancelled run is torn down, by a task that is not cancelled`() async throws {
        var fixture = try Fixture()
        let (started, signal) = AsyncStream.makeStream(of: Void.self)
        fixture.behaviour.run = { _ in
            signal.finish()
            try await Task.sleep(for: .seconds(600))
            return CellOutcome(verdict: .invalid)
        }
        let engine = try fixture.engine()
        let work = Task { await engine.run(Set(Step.allCases), command: "run", version: "0") }
        for await _ in started {}
        work.cancel()
        let errors = await work.value
        #expect(errors.map(\.code) == [.interrupted])
        #expect(Engine.exitCode(for: errors) == 130)
        #expect(fixture.log.last == "teardown of 1, cancelled: false")
    }

    @Test func `a provisioner that fails half-way is torn down, and the exit code says where it failed`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.provision = { throw LabError(.provisioning, "no capacity") }
        let errors = try await fixture.run()
        #expect(Engine.exitCode(for: errors) == 11)
        #expect(fixture.log == ["provision", "teardown of 1, cancelled: false"])
    }

    @Test func `what is left behind wins over every other exit code`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.provision = { throw LabError(.provisioning, "no capacity") }
        fixture.behaviour.remaining = [.init(kind: "instance", id: "i-1", reason: "API termination is disabled")]
        let errors = try await fixture.run()
        #expect(Engine.exitCode(for: errors) == 20)
        let state = try fixture.directory.state()
        #expect(state.receipt?.verifiedAbsent == 0)
        #expect(state.alive.map(\.id) == ["i-1"])
    }

    @Test func `a cell that cannot be measured is invalid and the next one is measured`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.run = { cell in
            guard cell.name == "two" else { throw LabError(.failed, "the host does not answer") }
            return CellOutcome(verdict: .valid, result: .sample)
        }
        let errors = try await fixture.run()
        #expect(Engine.exitCode(for: errors) == 13)
        #expect(try fixture.directory.state().cells["two"]?.verdict == .valid)
    }

    @Test func `a reporter that fails does not keep the cluster alive`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.report = { throw LabError(.reporting, "the disk is full") }
        let errors = try await fixture.run()
        #expect(Engine.exitCode(for: errors) == 15)
        #expect(fixture.log.last == "teardown of 1, cancelled: false")
    }

    @Test func `a no to the preview creates nothing`() async throws {
        var fixture = try Fixture()
        fixture.answer = false
        let errors = try await fixture.run()
        #expect(Engine.exitCode(for: errors) == 10)
        #expect(fixture.log.isEmpty)
    }

    @Test func `a failed cluster is kept when the plan says so, and torn down by the next command`() async throws {
        var fixture = try Fixture(keep: .onFailure)
        fixture.behaviour.run = { _ in CellOutcome(verdict: .invalid, reasons: ["no result"]) }
        _ = try await fixture.run()
        #expect(try fixture.directory.state().alive.count == 1)
        let errors = try await fixture.run([.teardown])
        #expect(errors.isEmpty)
        #expect(try fixture.directory.state().alive.isEmpty)
    }

    @Test func `what a killed host made and could not write down is on the receipt`() async throws {
        var fixture = try Fixture()
        for intent in [ResourceIntent(kind: "vpc", name: "v"), ResourceIntent(kind: "instance", name: "broker-1")] {
            try await fixture.journal.record(.intended(resource: intent))
        }
        try await fixture.journal.record(.created(resource: Resource(kind: "vpc", id: "vpc-1", name: "v")))
        fixture.behaviour.strays = ["instance", "network-interface"].map {
            Resource(kind: $0, id: "\($0)-1", name: "")
        }
        // The second has nothing to delete, and says the same.
        for _ in 1...2 {
            let errors = try await fixture.run([.teardown])
            #expect(errors.isEmpty)
            let state = try fixture.directory.state()
            #expect(state.receipt?.created == 2)
            #expect(state.receipt?.verifiedAbsent == 2)
            #expect(state.alive.isEmpty && state.openIntents.isEmpty)
            fixture.behaviour.strays = []
        }
    }

    @Test func `an interrupt is no failure that a cluster would be kept for`() async throws {
        var fixture = try Fixture(keep: .onFailure)
        fixture.behaviour.run = { _ in throw CancellationError() }
        #expect(Engine.exitCode(for: try await fixture.run()) == 130)
        #expect(try fixture.directory.state().alive.isEmpty)
    }

    @Test func `setup leaves the cluster up and bench measures only what has no result`() async throws {
        var fixture = try Fixture()
        _ = try await fixture.run([.image, .provision, .ready])
        #expect(fixture.log == ["provision"])
        let failed = Locked(false)
        fixture.behaviour.run = { cell in
            let isFirstTry = failed.withLock { failed in
                defer { failed = true }
                return !failed
            }
            return cell.name == "one" && isFirstTry
                ? CellOutcome(verdict: .invalid, reasons: ["no result"]) : CellOutcome(verdict: .valid, result: .sample)
        }
        #expect(Engine.exitCode(for: try await fixture.run([.ready, .benchmark, .report])) == 13)
        #expect(try await fixture.run([.ready, .benchmark, .report]).isEmpty)
        #expect(fixture.log == ["provision", "run one", "run two", "run one"])
    }

    @Test func `a host that does not become healthy is named with its stage and its journal`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.healthStatus = 1
        fixture.behaviour.healthOutput =
            "boot\tuser-data\tok\nservice\tpulsar-broker\tfailed\tinactive\n\tjava: not found\nendpoint\t:8080\tfailed\n"
        let errors = try await fixture.run()
        #expect(Engine.exitCode(for: errors) == 12)
        #expect(errors.first?.message == "broker-1 (i-1) did not get past service within 15 min 00 s")
        #expect(errors.first?.cause == "pulsar-broker failed inactive\njava: not found")
    }

    @Test func `plugins that do not fit together are refused before anything happens`() throws {
        let catalog = try Catalog([FakeExecutor.self, FakeProvisioner.self])
        let error = #expect(throws: LabError.self) { try catalog.checkCapabilities(of: [FakeExecutor.descriptor]) }
        #expect(error?.message == "the executor fake needs simulated-hosts, which no other chosen plugin provides")
        #expect(error?.hint == "choose the provisioner fake")
        #expect(error?.code.exitCode == 10)
    }

    @Test func `an unknown plugin lists the known ones`() throws {
        let catalog = try Catalog([FakeExecutor.self])
        let error = #expect(throws: LabError.self) { try catalog.entry("fak\u{1b}", for: .execute) }
        #expect(error?.description.contains("known: fake") == true)
        #expect(error?.description.contains("\u{1b}") == false)
    }

    @Test func `two plugins of one name are an error at start`() {
        #expect(throws: LabError.self) { try Catalog([FakeExecutor.self, FakeExecutor.self]) }
    }
}

extension Fixture {
    func run(_ steps: Set<Step> = Set(Step.allCases)) async throws -> [LabError] {
        await (try engine()).run(steps, command: "run", version: "0")
    }
}

/// Experiments with several clusters and configurations.
@Suite struct EngineGroupsTests {
    private func schedule() -> Schedule {
        var other = ClusterSpec.sample
        other.settings = ["broker": ["a": "1"]]
        let first = Schedule.Group(
            configurations: [.sample, other],
            entries: [
                .init(cell: .sample("one"), configuration: 0), .init(cell: .sample("two"), configuration: 1),
                .init(cell: .sample("three"), configuration: 1),
            ]
        )
        return Schedule(groups: [first, Schedule.Group(spec: .sample, cells: [.sample("four")])])
    }

    private func verdicts(_ fixture: Fixture) async -> [String: Verdict] {
        await fixture.journal.snapshot.cells.compactMapValues(\.verdict)
    }

    @Test func `each cluster is built once, reconfigured where settings differ, and gone before the next`() async throws
    {
        var fixture = try Fixture()
        fixture.schedule = schedule()
        let errors = try await fixture.engine().run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors == [])
        #expect(
            fixture.log == [
                "provision", "run one", "reconfigure", "run two", "run three", "teardown of 1, cancelled: false",
                "provision",
                "run four", "teardown of 1, cancelled: false",
            ]
        )
        #expect(await verdicts(fixture).count == 4)
        #expect(await fixture.journal.snapshot.isTornDown)
    }

    @Test func `a cluster that cannot be built costs its own cells and no others`() async throws {
        var fixture = try Fixture()
        fixture.schedule = schedule()
        let attempts = Locked(0)
        fixture.behaviour.provision = {
            let attempt = attempts.withLock { count in
                count += 1
                return count
            }
            if attempt == 1 { throw LabError(.provisioning, "no capacity") }
        }
        let errors = try await fixture.engine().run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.map(\.message) == ["no capacity"])
        #expect(Engine.exitCode(for: errors) == 11)
        #expect(await verdicts(fixture) == ["four": .valid])
        #expect(
            fixture.log == [
                "provision", "teardown of 1, cancelled: false", "provision", "run four",
                "teardown of 1, cancelled: false",
            ]
        )
    }

    @Test func `what a reconfiguration that failed has left is not trusted`() async throws {
        var fixture = try Fixture(keep: .always)
        fixture.schedule = schedule()
        fixture.behaviour.reconfigurationStatus = 1
        let errors = try await fixture.engine().run(Set(Step.allCases), command: "run", version: "0")
        #expect(errors.first?.code == .notReady)
        #expect(await fixture.journal.snapshot.configuration == nil)
        #expect(await verdicts(fixture) == ["one": .valid])
    }

    @Test func `bench measures what the cluster that is up can, and says what is left`() async throws {
        var fixture = try Fixture()
        fixture.schedule = schedule()
        _ = try await fixture.engine().run([.image, .provision, .ready], command: "setup", version: "0")
        #expect(fixture.log == ["provision"])
        _ = try await fixture.engine().run([.ready, .benchmark], command: "bench", version: "0")
        #expect(await verdicts(fixture).keys.sorted() == ["one", "three", "two"])
        #expect(try fixture.journalText.contains("1 cells need another cluster"))
    }

    @Test func `a resource that has the id of an earlier one is counted, and torn down`() {
        let role = Resource(kind: "iam-role", id: "exp-host", name: "exp-host")
        var state = ExperimentState()
        func apply(_ what: Event.What) { state.apply(Event(time: Date(timeIntervalSince1970: 0), what: what)) }
        apply(.created(resource: role))
        apply(.created(resource: role))
        #expect(state.resources.count == 1)
        apply(.deleted(kind: role.kind, id: role.id))
        #expect(state.alive.isEmpty)
        apply(.created(resource: role))
        #expect(state.alive == [role])
        #expect(state.resources.count == 2)
        apply(.deleted(kind: role.kind, id: role.id))
        #expect(state.alive.isEmpty)
    }
}
