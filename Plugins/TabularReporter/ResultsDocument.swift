import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The content of `results.json`. A change of meaning, or a name taken away, is a new version of the schema.
struct ResultsDocument: Encodable {
    var schema = "labhost.results/1"
    var isSimulated: Bool
    var isPartial: Bool
    var experiment: String
    var plan: String
    @OrNull var planDescription: String?
    @OrNull var planHash: String?
    var labhostVersion: String
    var startedAt: Date
    @OrNull var endedAt: Date?
    var plugins: [String: String]
    var highlights: [String]
    @OrNull var image: MachineImage?
    var hosts: [Host]
    var clusters: [ClusterRecord]
    /// Nil where they are written one after the other.
    var cells: [Cell]?
    var phases: [PhaseRecord]
    var resources: [ResourceRecord]
    @OrNull var costs: ExperimentCosts?
    @OrNull var receipt: Receipt?
    var facts: [String: ClusterFacts]
    var drifts: [Drift]

    /// How it is written.
    static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// All but the cells.
    init(_ record: ExperimentRecord) {
        isSimulated = record.isSimulated
        isPartial = record.isPartial
        experiment = record.experiment.rawValue
        plan = record.planName
        planDescription = record.planDescription
        planHash = record.plan?.hash
        labhostVersion = record.labhostVersion
        startedAt = record.startedAt
        endedAt = record.endedAt
        plugins = record.plugins
        highlights = record.highlights
        image = record.image
        hosts = record.hosts
        clusters = record.clusters
        phases = record.phases
        resources = record.resources
        costs = record.costs
        receipt = record.receipt
        facts = record.facts
        drifts = record.drifts
    }

    /// A cell and what became of it.
    struct Cell: Encodable {
        var cell: String
        var key: String
        var cluster: Int
        var configuration: Int
        var factors: [String: String]
        var run: String
        var type: RunType
        var repetition: Int
        @OrNull var verdict: Verdict?
        var reasons: [String]
        var reasonCodes: [VerdictReason.Code]
        @OrNull var targetRateMsgS: Int?
        var workload: Workload
        @OrNull var startedAt: Date?
        @OrNull var endedAt: Date?
        @OrNull var facts: String?
        @OrNull var conditions: RunConditions?
        @OrNull var result: Result?
        @OrNull var finding: Finding?
        var probes: [Probe]
        @OrNull var costs: CellCosts?

        init(_ record: CellRecord, costs: CellCosts?) {
            self.costs = costs
            cell = record.cell.name
            key = record.cell.key
            cluster = record.cluster
            configuration = record.configuration
            factors = record.cell.factors
            run = record.cell.run
            type = record.cell.type
            repetition = record.cell.repetition
            verdict = record.outcome?.verdict
            reasons = record.outcome?.reasons ?? []
            reasonCodes = record.outcome?.causes.map(\.code) ?? []
            targetRateMsgS = record.cell.workload.producerRate
            workload = record.cell.workload
            startedAt = record.startedAt
            endedAt = record.endedAt
            facts = record.facts
            conditions = record.outcome?.conditions
            let size = record.cell.workload.messageSizeBytes
            result = record.outcome?.result.map { Result($0, messageSize: size) }
            finding = record.outcome?.finding
            probes = record.outcome?.probes.map { Probe($0, messageSize: size) } ?? []
        }
    }

    /// One run of the benchmark within a cell.
    struct Probe: Encodable {
        var name: String
        @OrNull var targetRateMsgS: Int?
        var verdict: Verdict
        var reasons: [String]
        var reasonCodes: [VerdictReason.Code]
        @OrNull var failure: String?
        @OrNull var result: Result?

        init(_ probe: ProbeOutcome, messageSize: Int) {
            name = probe.name
            targetRateMsgS = probe.rate
            verdict = probe.verdict
            reasons = probe.reasons
            reasonCodes = probe.causes.map(\.code)
            failure = probe.failure
            result = probe.result.map { Result($0, messageSize: messageSize) }
        }
    }

    /// What was measured.
    struct Result: Encodable {
        var driver: String
        var publishRateMsgS: Double
        var publishRateMbS: Double
        var consumeRateMsgS: Double
        @OrNull var publishErrorRateMsgS: Double?
        @OrNull var backlogFinal: Int?
        @OrNull var publishLatency: BenchmarkResult.Latency?
        @OrNull var publishDelay: BenchmarkResult.Latency?
        @OrNull var endToEndLatency: BenchmarkResult.Latency?
        var periods: [Period]

        init(_ result: BenchmarkResult, messageSize: Int) {
            driver = result.driver
            publishRateMsgS = result.publishRate
            publishRateMbS = result.publishRate * Double(result.messageSizeBytes ?? messageSize) / 1e6
            consumeRateMsgS = result.consumeRate
            publishErrorRateMsgS = result.publishErrorRate
            backlogFinal = result.finalBacklog
            publishLatency = result.publishLatency
            publishDelay = result.publishDelay
            endToEndLatency = result.endToEndLatency
            periods = result.periods.map(Period.init)
        }
    }

    /// One period of about 10 s.
    struct Period: Encodable {
        var publishRateMsgS: Double
        var consumeRateMsgS: Double
        @OrNull var publishErrorRateMsgS: Double?
        @OrNull var backlog: Int?
        @OrNull var publishLatencyP50Ms: Double?
        @OrNull var publishLatencyP99Ms: Double?
        @OrNull var publishDelayP99Ms: Double?
        @OrNull var e2eP99Ms: Double?

        init(_ period: BenchmarkResult.Period) {
            publishRateMsgS = period.publishRate
            consumeRateMsgS = period.consumeRate
            publishErrorRateMsgS = period.publishErrorRate
            backlog = period.backlog
            publishLatencyP50Ms = period.publishP50Ms
            publishLatencyP99Ms = period.publishP99Ms
            publishDelayP99Ms = period.publishDelayP99Ms
            e2eP99Ms = period.endToEndP99Ms
        }
    }
}

/// A value that is written as `null` when it is unknown, so that a reader need not guess why a name is missing.
@propertyWrapper
struct OrNull<Value: Encodable>: Encodable {
    var wrappedValue: Value?

    init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
    }
}
