import PluginAPI
import Testing

@testable import OMBRunner

@Suite("A result is judged by what it says, not by how OMB ended")
struct JudgeTests {
    private func judge(_ recording: String, as cell: Cell) throws -> CellOutcome {
        Judge(of: cell).outcome(of: try Recording(recording).benchmarkResult())
    }

    @Test("a run that kept its rate is valid")
    func valid() throws {
        #expect(try judge("redis-rate-1k", as: .recorded("rate-1k-100b", rate: 1000)).reasons == [])
        #expect(try judge("rabbit-rate-20k-100b", as: .recorded("rate-20k-100b", rate: 20_000)).verdict == .valid)
    }

    @Test("31.8k of 200k msg/s is suspect: overload without a single error")
    func overload() throws {
        let outcome = try judge("rabbit-overload-200k", as: .recorded("rate-200k-100b-overload", rate: 200_000))
        #expect(outcome.verdict == .suspect)
        #expect(
            outcome.reasons == [
                "published 31,769 of 200,000 msg/s asked for (15.9 %): latencies are of overload",
                "publish delay grew from 11.2 s to 45.2 s (p99): messages fell further and further behind their schedule",
            ]
        )
    }

    @Test("zeros without an error are invalid, and no number of them is passed on")
    func zeros() throws {
        let cell = Cell.recorded("silent-empty-payload-pool", rate: 1000, size: 1024)
        let outcome = try judge("silent-empty-payload-pool", as: cell)
        #expect(outcome.verdict == .invalid)
        #expect(outcome.reasons == ["all 6 periods published 0 msg/s: nothing was sent"])
        #expect(outcome.result == nil)
    }

    @Test("OMB's own search is a hint")
    func search() throws {
        let outcome = try judge("redis-max-1kb-nowarm", as: .recorded("max-1kb-nowarm", rate: nil, size: 1024))
        #expect(outcome.verdict == .suspect)
        #expect(outcome.reasons == ["search result: a hint, not a confirmed rate"])
    }

    @Test("a schedule that was missed by seconds and caught up with is suspect")
    func missedSchedule() throws {
        let cell = Cell.recorded("backlog-1gb-64kb-file", rate: 1200, size: 65_536)
        let outcome = try judge("redis-backlog-1gb-64kb", as: cell)
        #expect(outcome.verdict == .suspect)
        #expect(outcome.reasons == ["1 % of the messages were sent over 3.51 s late (publish delay p99)"])
    }

    @Test("a result of another workload or another size is invalid")
    func foreign() throws {
        #expect(
            try judge("redis-rate-1k", as: .recorded("other", rate: 1000)).reasons
                == ["the result is of the workload \"rate-1k-100b\" and not of \"other\""]
        )
        let resized = Cell.recorded("rate-1k-100b", rate: 1000, size: 1024)
        #expect(try judge("redis-rate-1k", as: resized).verdict == .invalid)
    }

    @Test(
        "too few periods cast doubt, and under half of them is no measurement",
        arguments: [(6, Verdict.valid), (5, .suspect), (3, .suspect), (2, .invalid)]
    )
    func periods(count: Int, verdict: Verdict) throws {
        var result = try Recording("redis-rate-1k").benchmarkResult()
        result.periods = Array(result.periods.prefix(count))
        let outcome = Judge(of: .recorded("rate-1k-100b", rate: 1000)).outcome(of: result)
        #expect(outcome.verdict == verdict)
        if count < 6 { #expect(outcome.reasons.contains("\(count) periods of about 10 s, where 1 min hold 6")) }
    }

    @Test("a long run of slightly long periods has all that it can have")
    func longRun() throws {
        var result = try Recording("redis-rate-1k").benchmarkResult()
        // 60 minutes in periods of 10.2 s.
        result.periods = (0..<353).map { result.periods[$0 % 6] }
        #expect(Judge(of: .recorded("rate-1k-100b", rate: 1000, minutes: 60)).outcome(of: result).verdict == .valid)
    }

    @Test("failed sends, a silent period and a backlog are each said with their numbers")
    func doubts() throws {
        var result = try Recording("redis-rate-1k").benchmarkResult()
        result.publishErrorRate = 2.5
        result.periods[3].publishRate = 0
        result.finalBacklog = 25_000
        let outcome = Judge(of: .recorded("rate-1k-100b", rate: 1000)).outcome(of: result)
        #expect(outcome.verdict == .suspect)
        #expect(
            outcome.reasons == [
                "1 of 6 periods published 0 msg/s",
                "2.5 sends a second failed (0.249 %)",
                "the backlog was not drained: 25,000 messages at the end, 25.0 s of publishing",
            ]
        )
    }

    @Test("when most sends fail, what is left means nothing")
    func mostlyFailed() throws {
        var result = try Recording("redis-rate-1k").benchmarkResult()
        result.publishErrorRate = 5000
        #expect(Judge(of: .recorded("rate-1k-100b", rate: 1000)).outcome(of: result).verdict == .invalid)
    }
}
