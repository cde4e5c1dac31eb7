import PluginAPI
import Testing

@testable import OMBRunner

@Suite("Conditions cast doubt on a run, and never make it invalid")
struct ConditionRulesTests {
    private let cell = Cell.recorded("rate-1k-100b", rate: 1000)

    private func outcome(under conditions: RunConditions?) throws -> CellOutcome {
        Judge(of: cell).outcome(of: try Recording("redis-rate-1k").benchmarkResult(), under: conditions)
    }

    @Test("what was not measured, and what is as it should be, casts no doubt")
    func quiet() throws {
        #expect(try outcome(under: nil).verdict == .valid)
        #expect(try outcome(under: RunConditions(clients: [.init(host: "client-1")])).verdict == .valid)
        let good = RunConditions(
            clients: [.init(host: "client-1", cpuPercent: 90, networkPercent: 90, ranOutOfCredits: false)],
            clockSkewMs: 5
        )
        #expect(try outcome(under: good).verdict == .valid)
        #expect(try outcome(under: good).conditions == good)
    }

    @Test("each condition has its code, and names the hosts and the numbers")
    func doubts() throws {
        let bad = RunConditions(
            clients: [
                .init(host: "client-1", cpuPercent: 90.6, ranOutOfCredits: true),
                .init(host: "client-2", cpuPercent: 20, networkPercent: 99),
            ],
            servers: [.init(host: "broker-1", ranOutOfCredits: true)],
            clockSkewMs: 12.34,
            interrupted: ["bookkeeper-2"]
        )
        let outcome = try outcome(under: bad)
        #expect(outcome.verdict == .suspect)
        #expect(
            outcome.causes.map(\.code)
                == [.clientCPU, .clientNetwork, .clockSkew, .spotInterruption, .burstCredits]
        )
        #expect(outcome.reasons[0].hasPrefix("client-1's processors were 91 % busy"))
        #expect(outcome.reasons[1].hasPrefix("client-2's network was 99 % full"))
        #expect(outcome.reasons[2].hasPrefix("the clients' clocks are 12.3 ms apart"))
        #expect(outcome.reasons[3].hasSuffix("bookkeeper-2"))
        #expect(outcome.reasons[4].hasSuffix("client-1, broker-1"))
    }
}
