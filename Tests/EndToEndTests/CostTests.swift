import Foundation
import LabHost
import PluginAPI
import Testing

/// What a cluster costs before, while and after, against the emulator's price list and Cost Explorer.
@Suite(.serialized) struct CostTests {
    private static let plan = """
        name: costs
        image: {pulsar_version: 3.0.0}
        aws: {spot: true}
        cluster:
          zookeeper: {count: 1, instance_type: t3.micro}
          bookkeeper: {count: 1, instance_type: t3.small, storage: {type: gp3, size_gb: 50, iops: 4000, throughput_mbps: 250}}
          broker: {count: 1, instance_type: m5.large}
          client: {count: 1, instance_type: t3.small}
        base_workload: {test_duration_minutes: 1, warmup_duration_minutes: 0}
        test_runs: [{name: one, type: fixed_rate, producer_rate: 1000}, {name: two, type: fixed_rate, producer_rate: 2000}]

        """

    private struct Amount: Decodable { var usd: Double? }

    private struct Forecast: Decodable {
        struct Range: Decodable { var low: Amount, expected: Amount, high: Amount }
        var range: Range
        var perHour: Amount
        var priceSource: String
    }

    private struct Actual: Decodable {
        struct Bill: Decodable {
            struct Item: Decodable { var service: String, component: String? }
            var items: [Item]
        }
        var total: Amount
        var estimate: Amount
        var difference: Amount
        var bill: Bill
    }

    /// On spot at 35 %, an address each, disks of 8 GB, and the data disk with 1,000 operations and 125 MiB/s more.
    private static var perHour: Double {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let hours = Double(calendar.range(of: .day, in: .month, for: Date())?.count ?? 0) * 24
        return (0.0104 + 0.0208 + 0.096 + 0.0208) * 0.35 + 4 * 0.005
            + ((4 * 8 + 50) * 0.08 + 1000 * 0.005 + 125 * 0.04) / hours
    }

    @Test func `a forecast, a limit, a cluster that is up and its bill say what a calculation by hand does`()
        async throws
    {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(Self.plan)
            let flags = ["--provisioner", "ec2", plan]

            let answer = try await labhost.run(["cost", "forecast", "--online", "--json"] + flags)
            #expect(answer.status == 0, "\(answer.errors)")
            let forecast = try JSONDecoder().decode(Forecast.self, from: Data(answer.output.utf8))
            #expect(abs((forecast.perHour.usd ?? 0) - Self.perHour) < 1e-6)
            // Two cells of three minutes, and ten around them.
            #expect(abs((forecast.range.expected.usd ?? 0) - Self.perHour * 16 / 60) < 1e-6)
            #expect(forecast.range.high.usd.map { $0 > (forecast.range.expected.usd ?? 0) } == true)
            #expect(forecast.priceSource == "AWS price list, AWS spot price history")

            let limit = String(Self.perHour * 14 / 60)
            let refused = try await labhost.run(["run", "--yes", "--max-cost", limit] + flags)
            #expect(refused.status == 16, "\(refused.errors)")
            #expect(refused.errors.contains("1 of 2 cells would fit: one"))
            #expect(try await sandbox.leaks().count == 0)

            let setup = try await labhost.run(["setup", "--yes", "--max-cost", "1"] + flags)
            #expect(setup.status == 0, "\(setup.errors)")
            #expect(setup.output.contains("resources, \(Figures.usd(Self.perHour)) an hour, until"), "\(setup.output)")
            #expect(try await labhost("show", "latest").output.contains("cost so far: $"))
            let down = try await labhost("teardown", "latest")
            #expect(down.status == 0 && down.output.contains("cost: $"), "\(down.output)")

            let bill = try await labhost("cost", "actual", "--json", "latest")
            #expect(bill.status == 0, "\(bill.errors)")
            let actual = try JSONDecoder().decode(Actual.self, from: Data(bill.output.utf8))
            #expect(Set(actual.bill.items.compactMap(\.component)) == ["zookeeper", "bookkeeper", "broker", "client"])
            let (total, estimate) = (try #require(actual.total.usd), try #require(actual.estimate.usd))
            #expect(total > 0 && estimate > 0)
            #expect(abs((actual.difference.usd ?? 0) - (total - estimate)) < 1e-8)
            // Kept: asking costs money.
            #expect(try await labhost("cost", "actual", "latest").output.contains("billed (actual)"))
            #expect(try await sandbox.calls()["ce.GetCostAndUsage"] == 1)

            #expect(try await labhost("history", "--cost").output.contains("$" + Figures.decimal(total, places: 2)))

            try await sandbox.configure(#"{"ce_lag_hours": 24}"#)
            try labhost.removeLatest("report")
            let report = try await labhost("report", "--refresh", "latest")
            #expect(report.status == 1 && report.errors.contains("aws ce update-cost-allocation-tags-status"))
            #expect(try labhost.latest("report/costs.json").contains("\"bill\""), "the bill that there was stays")
            let late = try await labhost("cost", "actual", "--refresh", "latest")
            #expect(late.status == 1)
            #expect(late.errors.contains("aws ce update-cost-allocation-tags-status"), "\(late.errors)")
            try await expectPolicyToAllowCalls(sandbox, labhost, "ec2", plan)
        }
    }
}
