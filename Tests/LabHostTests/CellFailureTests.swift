import Foundation
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LabHost

@Suite("A cell without a valid result is dealt with as the plan says")
struct CellFailureTests {
    private func fixture(_ policy: CellFailurePolicy?, failures: Int = .max) throws -> Fixture {
        var fixture = try Fixture()
        fixture.schedule = Schedule(
            groups: [
                .init(spec: .sample, cells: [.sample("one"), .sample("two")]),
                .init(spec: .sample, cells: [.sample("three")]),
            ],
            onCellFailure: policy
        )
        let left = Locked(failures)
        fixture.behaviour.run = { cell in
            let fails = left.withLock { left in
                left -= 1
                return left >= 0
            }
            return cell.name == "one" && fails
                ? CellOutcome(verdict: .invalid, causes: [VerdictReason(.resultMissing, "no result")])
                : CellOutcome(verdict: .valid, result: .sample)
        }
        return fixture
    }

    @Test func `stop measures nothing more, on no other cluster either, and reports and tears down`() async throws {
        let fixture = try fixture(.stop)
        let errors = try await fixture.run()
        #expect(Engine.exitCode(for: errors) == 13)
        #expect(
            errors.map(\.message)
                == ["one has no valid result, and on_cell_failure is stop: nothing more was measured"]
        )
        #expect(errors.first?.cause == "no result")
        #expect(fixture.log == ["provision", "run one", "teardown of 1, cancelled: false"])
        #expect(try LocalFile.read(fixture.directory.report.appending("count.txt")) == Array("1".utf8))
    }

    @Test func `retry measures again until it is valid, and not more often than it says`() async throws {
        let lucky = try fixture(.retry(2), failures: 2)
        #expect(try await lucky.run().isEmpty)
        #expect(lucky.log.filter { $0 == "run one" }.count == 3)
        #expect(try lucky.journalText.contains("one has no valid result: no result; attempt 3 of 3"))

        let unlucky = try fixture(.retry(1))
        #expect(Engine.exitCode(for: try await unlucky.run()) == 13)
        #expect(unlucky.log.filter { $0.hasPrefix("run") } == ["run one", "run one", "run two", "run three"])
    }

    @Test func `what was refused unmeasured is not tried again`() async throws {
        var fixture = try fixture(.retry(3))
        fixture.behaviour.run = { _ in
            CellOutcome(verdict: .invalid, causes: [VerdictReason(.workloadRefused, "no duration")])
        }
        _ = try await fixture.run()
        #expect(fixture.log.filter { $0 == "run one" }.count == 1)
    }

    @Test(
        "the plan names it in words or as a mapping",
        arguments: [
            ("continue", CellFailurePolicy.goOn), ("stop", .stop), ("retry(2)", .retry(2)), ("{retry: 3}", .retry(3)),
        ]
    )
    func plan(text: String, policy: CellFailurePolicy) throws {
        let plan = try PlanFixture.minimal("on_cell_failure: \(text)\n").plan()
        #expect(plan.onCellFailure == policy)
        let schedule = try Scheduler.schedule(plan)
        let stored = try JSONCoding.decode(Schedule.self, from: JSONCoding.encode(schedule))
        #expect(stored.onCellFailure == policy)
        #expect(
            schedule.worstDuration - schedule.expectedDuration == schedule.cells[0].worstDuration
                * (policy.attempts - 1)
        )
    }

    @Test func `continue is the default, and anything else is a fault`() throws {
        #expect(try PlanFixture.minimal().plan().onCellFailure == .goOn)
        for text in ["stopp", "retry(0)", "retry(10)", "retry", "{retry: 0}", "{retries: 1}", "3"] {
            let messages = PlanFixture.minimal("on_cell_failure: \(text)\n").messages
            #expect(!messages.isEmpty && messages.allSatisfy { $0.contains("on_cell_failure") }, "\(text): \(messages)")
        }
    }

    @Test func `a schedule that was stored before there was a choice goes on`() throws {
        let schedule = try JSONCoding.decode(Schedule.self, from: Array(#"{"groups":[]}"#.utf8))
        #expect(schedule.attempts == 1 && schedule.onCellFailure == nil)
    }
}
