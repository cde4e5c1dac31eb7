import PluginAPI
import Testing

@testable import OMBRunner

@Suite struct OfferedLoadTests {
    @Test(arguments: [
        (200_000, 31_800.0, 1, 7), (200_000, 100_000, 2, 4), (100_000, 98_000, 4, 5), (100_000, 60_000, 1, 2),
    ]) func `clients are reckoned by what each offered`(target: Int, published: Double, clients: Int, needed: Int) {
        #expect(OfferedLoad(target: target, published: published, clients: clients).clientsNeeded == needed)
    }

    @Test func `a rate that was kept, or of which nothing was sent, needs no reckoning`() {
        for published in [100_000, 99_500, 0, 0.5] {
            #expect(OfferedLoad(target: 100_000, published: published, clients: 1).clientsNeeded == nil)
        }
    }

    @Test func `the reason shows its arithmetic, and is given only where clients were saturated`() {
        let load = OfferedLoad(target: 200_000, published: 31_800, clients: 1)
        #expect(load.reason(saturated: []) == nil)
        #expect(
            load.reason(saturated: ["client-1"])?.text
                == "1 client offered 31,800 of the 200,000 msg/s asked for, client-1 saturated: at 31,800 msg/s each the rate "
                + "needs at least 7 clients (200,000 / 31,800)"
        )
    }

    @Test func `an overload of a busy client says how many clients it takes`() throws {
        let cell = Cell.recorded("overload-200k", rate: 200_000)
        var result = try Recording("rabbit-overload-200k").benchmarkResult()
        result.workload = cell.name
        let busy = RunConditions(clients: [.init(host: "client-1", cpuPercent: 97)])
        let codes = Judge(of: cell).outcome(of: result, under: busy).causes.map(\.code)
        #expect(codes.contains(.targetMissed) && codes.contains(.clientCPU) && codes.contains(.clientsNeeded))
        let idle = RunConditions(clients: [.init(host: "client-1", cpuPercent: 40)])
        #expect(!Judge(of: cell).outcome(of: result, under: idle).causes.map(\.code).contains(.clientsNeeded))
        let dropping = RunConditions(clients: [.init(host: "client-1", exceededPercent: 2)])
        #expect(Judge(of: cell).outcome(of: result, under: dropping).causes.map(\.code).contains(.clientsNeeded))
    }
}
