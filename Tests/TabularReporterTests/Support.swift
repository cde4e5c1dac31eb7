import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension ExperimentRecord {
    /// Three cells: measured, not measured, and not ended.
    static func sample() throws -> ExperimentRecord {
        let start = Date(timeIntervalSince1970: 1_760_000_000)
        let latency = BenchmarkResult.Latency(
            meanMs: 2.5,
            p50Ms: 2,
            p75Ms: 3,
            p95Ms: 4,
            p99Ms: 8.125,
            p999Ms: 20,
            p9999Ms: 30,
            maxMs: 41,
            quantiles: [BenchmarkResult.Quantile(percentile: 100, valueMs: 41)]
        )
        let result = BenchmarkResult(
            workload: "fixed-10k#1",
            driver: "Pulsar",
            messageSizeBytes: 1000,
            publishRate: 9990.5,
            consumeRate: 9990,
            publishErrorRate: nil,
            finalBacklog: 0,
            publishLatency: latency,
            publishDelay: nil,
            endToEndLatency: nil,
            periods: [BenchmarkResult.Period(publishRate: 9990.5, consumeRate: 9990)]
        )
        func cell(_ name: String, rate: Int?) -> Cell {
            let workload = Workload(messageSizeBytes: 1000, producerRate: rate)
            let type = rate == nil ? RunType.maxRate : .fixedRate
            return Cell(name: name, run: "fixed-10k", type: type, repetition: 1, workload: workload, timeoutSeconds: 9)
        }
        let failure = CellOutcome(verdict: .invalid, reasons: ["=cmd()|'x'!A1 said \"no\", twice", "+second"])
        let broker = Host(
            name: "broker-1",
            component: "broker",
            instanceID: "i-1",
            privateAddress: "10.0.1.4",
            instanceType: "m6i.large"
        )
        guard let experiment = ExperimentID(rawValue: "exp-20251009-085320-test") else { throw CancellationError() }
        return ExperimentRecord(
            experiment: experiment,
            planName: "sample",
            planDescription: nil,
            labhostVersion: "0.1.0",
            startedAt: start,
            endedAt: nil,
            isSimulated: true,
            plugins: ["provision": "dry-run"],
            image: nil,
            hosts: [broker],
            cells: [
                CellRecord(
                    cell: cell("fixed-10k#1", rate: 10_000),
                    startedAt: start,
                    endedAt: start.addingTimeInterval(360),
                    outcome: CellOutcome(verdict: .valid, result: result)
                ),
                CellRecord(cell: cell("fixed-10k#2", rate: 10_000), startedAt: start, outcome: failure),
                CellRecord(cell: cell("max", rate: nil)),
            ],
            phases: [PhaseRecord(name: "provision", startedAt: start)],
            resources: [
                ResourceRecord(
                    resource: Resource(
                        kind: "instance",
                        id: "i-1",
                        name: "broker-1",
                        attributes: ["instanceType": "m6i.large"]
                    ),
                    createdAt: start,
                    deletedAt: start.addingTimeInterval(90),
                    rate: Rate(parts: [.init(kind: "instance", what: "m6i.large", perHour: .usd(0.096))])
                ),
                ResourceRecord(
                    resource: Resource(kind: "vpc", id: "vpc-1", name: "vpc"),
                    createdAt: start.addingTimeInterval(-10)
                ),
            ],
            tags: ["team": "data"],
            costs: ExperimentCosts(
                basis: .estimate,
                total: .usd(0.0116),
                cells: [
                    "fixed-10k#1": CellCosts(
                        cost: .usd(0.0096),
                        overheadShare: .usd(0.002),
                        perMillionMessages: .usd(0.25),
                        perGB: .unknown("nobody knows"),
                        perMBpsHour: .unknown("nobody knows")
                    )
                ],
                overhead: .usd(0.002)
            )
        )
    }
}
