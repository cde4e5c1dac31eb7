import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension SampleExperiment {
    static func record(of cells: [CellRecord]) -> ExperimentRecord {
        guard let experiment = ExperimentID(rawValue: "exp-20251009-085320-test") else {
            preconditionFailure("the literal above is a valid id")
        }
        let end = cells.compactMap(\.endedAt).max() ?? start
        return ExperimentRecord(
            experiment: experiment,
            planName: "sample",
            planDescription: "How many messages a second does it hold?",
            labhostVersion: "0.1.0",
            startedAt: start,
            endedAt: end.addingTimeInterval(60),
            isSimulated: false,
            plugins: ["image": "packer", "provision": "ec2", "execute": "ssm", "benchmark": "omb"],
            image: MachineImage(id: "ami-1", name: "pulsar", pulsarVersion: "3.0.0"),
            hosts: [host],
            clusters: [ClusterRecord(hosts: [host], configurations: [spec])],
            cells: cells,
            phases: [
                PhaseRecord(name: "provision", startedAt: start, endedAt: start.addingTimeInterval(60)),
                PhaseRecord(name: "benchmark", startedAt: start.addingTimeInterval(60), endedAt: end),
                PhaseRecord(name: "teardown", startedAt: end, endedAt: end.addingTimeInterval(60)),
            ],
            resources: [
                ResourceRecord(
                    resource: Resource(kind: "instance", id: "i-1", name: "broker-1"),
                    createdAt: start,
                    deletedAt: end.addingTimeInterval(60)
                )
            ],
            costs: costs(of: cells),
            highlights: ["throughput", "p99_latency", "cost_per_million_msgs"],
            receipt: Receipt(created: 1, verifiedAbsent: 1, remaining: [], isVerified: true, errors: []),
            plan: PlanRecord(file: "plans/sample.yaml", text: "name: sample\n", arguments: ["--provisioner", "ec2"])
        )
    }

    private static let host = Host(
        name: "broker-1",
        component: "broker",
        instanceID: "i-1",
        privateAddress: "10.0.1.10",
        instanceType: "m6i.large",
        availabilityZone: "us-west-2a"
    )

    private static let spec = ClusterSpec(
        name: "sample",
        components: ["broker": .init(count: 1, instanceType: "m6i.large", heap: "2G")],
        network: NetworkSpec(vpcCIDR: "10.0.0.0/16", subnetCIDR: "10.0.1.0/24"),
        settings: ["broker": ["managedLedgerCacheSizeMB": "256"]]
    )

    private static func costs(of cells: [CellRecord]) -> ExperimentCosts {
        var known: [String: CellCosts] = [:]
        for (index, cell) in cells.enumerated() {
            // Every fourth cost is not known.
            let cost: Cost = index % 4 == 3 ? .unknown("no price of m9.huge") : .usd(0.001 + Double(index % 50) / 9000)
            known[cell.cell.name] = CellCosts(cost: cost, perMillionMessages: cost, perGB: cost, perMBpsHour: cost)
        }
        let item = CostItem(
            component: "broker",
            kind: "instance",
            what: "m6i.large, on demand",
            count: 1,
            seconds: 600,
            cost: .usd(0.016)
        )
        return ExperimentCosts(
            basis: .estimate,
            total: .usd(0.42),
            items: [item],
            cells: known,
            overhead: .unknown("no price of m9.huge"),
            pricesAsOf: start
        )
    }

    /// One of any number of cells, each a little different: two factors, two repetitions.
    static func manyCell(_ index: Int) -> CellRecord {
        let size = [512, 1024, 4096, 16_384][index / 2 % 4]
        let began = start.addingTimeInterval(60 + Double(index) * 60)
        let rate = 10_000 + Double(index % 97) * 331
        let name = "fixed.msg\(size).n\(index / 8)#\(index % 2 + 1)"
        return CellRecord(
            cell: Cell(
                name: name,
                key: "key-\(index / 2)",
                run: "fixed",
                type: .fixedRate,
                factors: ["workload.message_size": String(size), "cluster.broker.count": String(index / 8 % 12 + 1)],
                repetition: index % 2 + 1,
                workload: Workload(messageSizeBytes: size, producerRate: Int(rate)),
                timeoutSeconds: 600
            ),
            startedAt: began,
            endedAt: began.addingTimeInterval(60),
            outcome: CellOutcome(
                verdict: .valid,
                causes: [],
                result: result(rate: rate, latency: 2 + Double(index % 89) / 7),
                conditions: conditions(index)
            ),
            samples: warmUp(of: name, rate: rate)
        )
    }

    private static func conditions(_ index: Int) -> RunConditions {
        RunConditions(
            clients: [
                RunConditions.HostLoad(host: "client-1", cpuPercent: 20 + Double(index % 61), stolenPercent: 0),
                RunConditions.HostLoad(host: "client-2", cpuPercent: 31, networkPercent: 48.2),
            ],
            servers: [RunConditions.HostLoad(host: "broker-1", cpuPercent: 55.4, exceededPercent: 0.02)],
            clockSkewMs: 0.21,
            clockErrorMs: 0.35
        )
    }

    /// A minute, slow at first.
    private static func warmUp(of cell: String, rate: Double) -> [PeriodSample] {
        (1...6).map { period -> PeriodSample in
            let time = Double(period)
            return PeriodSample(
                cell: cell,
                isWarmup: true,
                offsetSeconds: time * 10,
                elapsedSeconds: period * 10,
                expectedSeconds: 60,
                publishRate: rate * (time + 3) / 9,
                consumeRate: rate * (time + 2) / 9,
                publishErrorRate: nil,
                backlog: 0,
                publishP99Ms: 120 / time,
                publishDelayP99Ms: nil
            )
        }
    }

    /// A cell of several probes, of which one ended badly.
    static var searchCell: CellRecord {
        let rates = [5000, 40_000, 20_000, 30_000]
        let probes = rates.enumerated().map { index, rate in
            ProbeOutcome(
                name: "p0\(index + 1)-\(rate)",
                rate: rate,
                verdict: .valid,
                failure: rate > 25_000 ? "p99 publish latency was 31 ms, over 10 ms" : nil,
                result: result(rate: Double(rate), latency: rate > 25_000 ? 12 : 2)
            )
        }
        let objective = RatePolicy.Objective(percentile: 99, latencyMs: 10)
        let policy = RatePolicy.Search(objective: objective, lowest: 5000, highest: 40_000, precisionPercent: 5)
        return CellRecord(
            cell: Cell(
                name: "search",
                key: "key-search",
                run: "search",
                type: .search,
                policy: .search(policy),
                repetition: 1,
                workload: Workload(),
                timeoutSeconds: 600
            ),
            startedAt: start.addingTimeInterval(60),
            endedAt: start.addingTimeInterval(900),
            outcome: CellOutcome(
                verdict: .valid,
                result: result(rate: 20_000, latency: 2),
                finding: Finding(
                    lastGoodRate: 20_000,
                    firstBadRate: 30_000,
                    limit: "p99 publish latency was 31 ms, over 10 ms",
                    criterion: Finding.Criterion(.latency, measured: 31, limit: 10),
                    isConfirmed: true
                ),
                probes: probes
            )
        )
    }

    private static func result(rate: Double, latency: Double) -> BenchmarkResult {
        let publish = BenchmarkResult.Latency(
            meanMs: latency,
            p50Ms: latency * 0.9,
            p75Ms: latency * 1.2,
            p95Ms: latency * 2,
            p99Ms: latency * 2.6,
            p999Ms: latency * 5,
            p9999Ms: latency * 8,
            maxMs: latency * 11,
            quantiles: [(50.0, 0.9), (90, 1.6), (99, 2.6), (99.9, 5), (100, 11)].map {
                BenchmarkResult.Quantile(percentile: $0.0, valueMs: latency * $0.1)
            }
        )
        return BenchmarkResult(
            workload: "sample",
            driver: "Pulsar",
            messageSizeBytes: nil,
            publishRate: rate,
            consumeRate: rate,
            publishErrorRate: nil,
            finalBacklog: 0,
            publishLatency: publish,
            publishDelay: nil,
            endToEndLatency: nil,
            periods: (0..<6).map { index in
                BenchmarkResult.Period(
                    publishRate: rate + Double(index),
                    consumeRate: rate,
                    publishP99Ms: latency * 2.6 + Double(index % 3)
                )
            }
        )
    }
}
