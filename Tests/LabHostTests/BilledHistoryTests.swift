import PluginAPI
import PluginTestKit
import Testing

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct BilledHistoryTests {
    @Test func `what was billed takes the place of the estimate in the history`() async throws {
        var fixture = try Fixture()
        fixture.behaviour.perHour = .usd(3600)
        try fixture.directory.freeze(fixture.experiment, fixture.schedule, plan: [])
        let history = try await History(in: fixture.home.path)
        _ = await (try fixture.engine(history)).run(Set(Step.allCases), command: "run", version: "0")
        let id = fixture.experiment.id.rawValue
        #expect(try history.closedExperiments()[id]?.costBasis == "estimate")

        func keep(_ cost: Cost) throws {
            let bill = Bill(
                items: [.init(service: "Amazon EC2", component: "broker", cost: cost)],
                askedAt: Date(timeIntervalSince1970: 1_770_000_000),
                isProvisional: false
            )
            try LocalFile.write(JSONCoding.encode(bill, pretty: true), to: fixture.directory.bill)
            try history.index(fixture.directory)
        }
        try keep(.usd(12.5))
        let billed = try #require(try history.closedExperiments()[id])
        #expect(billed.cost == .usd(12.5) && billed.costBasis == "actual")
        try keep(.unknown("another currency"))
        #expect(try history.closedExperiments()[id]?.costBasis == "estimate", "what is not known sums up nothing")
    }
}
