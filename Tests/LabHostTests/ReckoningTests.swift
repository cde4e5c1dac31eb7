import Foundation
import PluginAPI
import Testing

@testable import LabHost

/// What an experiment cost, compared with a calculation by hand.
@Suite struct ReckoningTests {
    private static let start = Date(timeIntervalSince1970: 1_760_000_000)

    private static func at(_ seconds: Double) -> Date { start.addingTimeInterval(seconds) }

    private static func resource(
        _ name: String,
        _ component: String,
        _ perHour: Cost,
        from: Double,
        to: Double?,
        kind: String = "instance"
    ) -> ResourceRecord {
        ResourceRecord(
            resource: Resource(kind: kind, id: name, name: name, attributes: ["component": component]),
            createdAt: at(from),
            deletedAt: to.map(at),
            rate: Rate(parts: [.init(kind: kind, what: "\(component)'s", perHour: perHour)])
        )
    }

    private static func cell(_ name: String, from: Double, to: Double?, rate: Double? = 10_000) -> CellRecord {
        var result = BenchmarkResult.sample
        result.publishRate = rate ?? 0
        return CellRecord(
            cell: .sample(name),
            startedAt: at(from),
            endedAt: to.map(at),
            outcome: rate == nil ? nil : CellOutcome(verdict: .valid, result: result)
        )
    }

    private func record(_ resources: [ResourceRecord], _ cells: [CellRecord]) throws -> ExperimentRecord {
        ExperimentRecord(
            experiment: try #require(ExperimentID(rawValue: "exp-x")),
            planName: "p",
            planDescription: nil,
            labhostVersion: "0",
            startedAt: Self.start,
            endedAt: nil,
            isSimulated: false,
            plugins: [:],
            image: nil,
            hosts: [],
            cells: cells,
            phases: [],
            resources: resources
        )
    }

    @Test func `three components, with a host that is replaced, cost what a calculation by hand says`() throws {
        // Bookkeeper at $0.50 with a disk of $0.10 for an hour, two brokers at $1 for an hour, the second replaced half way
        // by one at $2, and a client at $0.25 for 30 s, which is paid for as 60 s.
        let record = try record(
            [
                Self.resource("bookkeeper-1", "bookkeeper", .usd(0.5), from: 0, to: 3600),
                Self.resource("bookkeeper-1/data", "bookkeeper", .usd(0.1), from: 0, to: 3600, kind: "volume"),
                Self.resource("broker-1", "broker", .usd(1), from: 0, to: 3600),
                Self.resource("broker-2", "broker", .usd(1), from: 0, to: 1800),
                Self.resource("broker-2b", "broker", .usd(2), from: 1800, to: 3600),
                Self.resource("client-1", "client", .usd(0.25), from: 0, to: 30),
                Self.resource("vpc", "", .zero, from: 0, to: 3600, kind: "vpc"),
            ],
            [
                Self.cell("one", from: 600, to: 1200), Self.cell("two", from: 1800, to: 3000, rate: 0),
                Self.cell("broke", from: 3000, to: nil, rate: nil),
            ]
        )
        let costs = try #require(Reckoning(record, at: Self.at(9000)).costs(pricesAsOf: nil, source: nil))
        let total = 0.5 + 0.1 + 1 + 0.5 + 1 + 0.25 / 60
        #expect(abs((costs.total.usd ?? 0) - total) < 1e-9)
        #expect(costs.items.first { $0.component == "broker" }?.count == 3)
        #expect(costs.items.first { $0.component == "broker" }?.seconds == 7200)
        #expect(costs.items.map(\.cost).sum.usd.map { abs($0 - total) < 1e-9 } == true)

        // Cells pay for the cluster while they run, and share the rest by how long they take.
        let (one, two) = (2.6 / 6, 3.6 / 3)
        #expect(costs.cells.keys.sorted() == ["one", "two"])
        #expect(abs((costs.cells["one"]?.cost.usd ?? 0) - one) < 1e-9)
        #expect(abs((costs.cells["two"]?.cost.usd ?? 0) - two) < 1e-9)
        #expect(abs((costs.overhead.usd ?? 0) - (total - one - two)) < 1e-9)
        #expect(abs((costs.cells["one"]?.overheadShare.usd ?? 0) - (total - one - two) / 3) < 1e-9)

        // $2.60 an hour for 36 million messages, 36.864 GB, and 10.24 MB/s.
        let cell = try #require(costs.cells["one"])
        #expect(abs((cell.perMillionMessages.usd ?? 0) - 2.6 / 36) < 1e-9)
        #expect(abs((cell.perGB.usd ?? 0) - 2.6 / 36.864) < 1e-9)
        #expect(abs((cell.perMBpsHour.usd ?? 0) - 2.6 / 10.24) < 1e-9)
        #expect(costs.cells["two"]?.perGB.reason == "nothing was published")
    }

    @Test func `what still exists is paid for until now, and an unknown price makes all of it unknown`() throws {
        let known = Self.resource("broker-1", "broker", .usd(1), from: 0, to: nil)
        #expect(Spending([known], at: Self.at(7200))?.spent == .usd(2))
        #expect(Spending([known], at: Self.at(7200))?.perHour == .usd(1))
        // A clock that was set back.
        #expect(Spending([known], at: Self.at(-50))?.spent == .usd(1.0 / 60))
        let other = Self.resource("lb", "", .unknown("no price of lb"), from: 0, to: nil)
        let costs = Reckoning(try record([known, other], [Self.cell("one", from: 0, to: 60)]), at: Self.at(7200))
            .costs(pricesAsOf: nil, source: nil)
        #expect(costs?.total == .unknown("no price of lb"))
        #expect(costs?.cells["one"]?.cost == .unknown("no price of lb"))
        #expect(costs?.items.first { $0.component == "broker" }?.cost == .usd(2))
    }

    @Test func `a resource that nobody has looked at is unknown, and one that is free is not a cost`() throws {
        var unpriced = Self.resource("broker-2", "broker", .usd(1), from: 0, to: nil)
        unpriced.rate = nil
        let known = Self.resource("broker-1", "broker", .usd(1), from: 0, to: nil)
        let spending = Spending([known, unpriced], at: Self.at(10))
        #expect(spending?.spent == .unknown("the price of instance broker-2 was not looked up yet"))
        var free = known
        free.rate = .free
        #expect(Spending([free, unpriced], at: Self.at(10)) == nil)
        #expect(Reckoning(try record([free], []), at: Self.at(10)).costs(pricesAsOf: nil, source: nil) == nil)
    }

    @Test(arguments: [
        (1204.4, "$1,204"), (3.2, "$3.20"), (0.5, "$0.500"), (0.0104, "$0.0104"), (0.000012, "$0.000012"), (0, "$0.00"),
        (-0.25, "-$0.250"), (.nan, "$?"),
    ])
    func `amounts are written with the digits that matter`(_ amount: Double, _ text: String) {
        #expect(Figures.usd(amount) == text)
    }

    @Test func `what is left is listed with its price`() {
        let left = [
            TeardownOutcome.Remaining(kind: "instance", id: "i-1", reason: "no", perHour: .usd(0.0208)),
            TeardownOutcome.Remaining(kind: "vpc", id: "vpc-1", reason: "held", perHour: .zero),
            TeardownOutcome.Remaining(kind: "lb", id: "lb-1", reason: "held", perHour: .unknown("x")),
        ]
        #expect(
            ReceiptText.lines(left) == [
                "  still there: instance i-1, $0.0208 an hour: no", "  still there: vpc vpc-1, free: held",
                "  still there: lb lb-1, at an unknown price: held",
            ]
        )
    }
}
