import Foundation
import PluginAPI
import Testing

@Suite("A verdict's reasons are sentences with codes")
struct VerdictReasonTests {
    @Test("an outcome that was stored before there were codes is still read")
    func older() throws {
        let text = #"""
            {"verdict":"suspect","reasons":["1 of 6 periods published 0 msg/s"],
            "probes":[{"name":"p01-100","rate":100,"verdict":"invalid","reasons":["it hung"]}]}
            """#
        let outcome = try JSONDecoder().decode(CellOutcome.self, from: Data(text.utf8))
        #expect(outcome.reasons == ["1 of 6 periods published 0 msg/s"])
        #expect(outcome.causes.map(\.code) == [.other])
        #expect(outcome.probes.first?.reasons == ["it hung"])
        #expect(outcome.conditions == nil)
    }

    @Test("an outcome is read as it was written, codes and conditions included")
    func roundTrip() throws {
        let outcome = CellOutcome(
            verdict: .suspect,
            causes: [VerdictReason(.targetMissed, "published 1 of 2"), VerdictReason(.init(rawValue: "mine"), "own")],
            conditions: RunConditions(
                clients: [RunConditions.HostLoad(host: "client-1", cpuPercent: 97)],
                clockSkewMs: 1.5
            )
        )
        let data = try JSONEncoder().encode(outcome)
        #expect(try JSONDecoder().decode(CellOutcome.self, from: data) == outcome)
        #expect(String(decoding: data, as: UTF8.self).contains(#""code":"target-missed""#))
    }
}
