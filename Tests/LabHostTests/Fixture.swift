import PluginAPI
import PluginTestKit
import SystemPackage

@testable import LabHost

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// An experiment in a directory of its own, with plugins that do as they are told.
struct Fixture {
    let home: TemporaryDirectory
    let store: ExperimentStore
    let directory: ExperimentDirectory
    let journal: Journal
    let clock = TestClock()
    var experiment: Experiment
    var behaviour = Behaviour()
    var answer = true
    /// Whether who sleeps waits for others to move the clock, which moves with every sleep otherwise.
    var waits = false
    var schedule = Schedule(groups: [.init(spec: .sample, cells: [.sample("one"), .sample("two")])])

    /// What the fake plugins do.
    struct Behaviour: Sendable {
        var provision: @Sendable () async throws -> Void = {}
        var healthOutput = "service\tbroker\tok\n"
        var healthStatus = 0
        var reconfigurationStatus = 0
        var run: @Sendable (Cell) async throws -> CellOutcome = { _ in CellOutcome(verdict: .valid, result: .sample) }
        var remaining: [TeardownOutcome.Remaining] = []
        /// What a teardown finds, and deletes, that the ledger does not know.
        var strays: [Resource] = []
        /// Instances that ended by themselves.
        var gone: Set<String> = []
        /// Instances that end while cells are measured.
        let lost = Locked<Set<String>>([])
        var report: @Sendable () throws -> Void = {}
        var begin: @Sendable () async throws -> Void = {}
        var collect: @Sendable (MetricsRequest) async throws -> CollectedMetrics = { _ in CollectedMetrics() }
        /// What the collector was told: `begin one-1760000000`.
        let collections = Locked<[String]>([])
        /// What the reporter was told last.
        let record = Locked<ExperimentRecord?>(nil)
        /// What the host costs; nil for nothing.
        var perHour: Cost?
        let log = Locked<[String]>([])
        /// What could not be cleaned away.
        var cleaningFault: String?
        /// Before which cells the cluster was cleaned.
        let cleanings = Locked<[String]>([])
        /// The leases that hosts were given while they ran.
        let renewals = Locked<[String]>([])
    }

    init(keep: Experiment.KeepPolicy = .never) throws {
        home = try TemporaryDirectory()
        store = try ExperimentStore(environment: ["LABHOST_HOME": home.path.string])
        let id = ExperimentStore.newID(at: Date(timeIntervalSince1970: 1_760_000_000))
        directory = try store.create(id)
        journal = try Journal(at: directory.journal, clock: clock.labClock)
        experiment = Experiment(
            id: id,
            planName: "poc",
            planDescription: nil,
            planFile: "plans/poc.yaml",
            labhostVersion: "0.0.0",
            createdAt: Date(timeIntervalSince1970: 1_760_000_000),
            expiry: Date(timeIntervalSince1970: 1_760_010_800),
            image: .init(id: "fake"),
            provisioner: .init(id: "fake"),
            executor: .init(id: "fake"),
            runner: .init(id: "fake"),
            metrics: [.init(id: "fake")],
            reporters: [.init(id: "fake")],
            imageRequest: ImageRequest(pulsarVersion: "3.0.0"),
            cloud: CloudSettings(),
            tags: [:],
            isSimulated: false,
            keep: keep
        )
    }

    var log: [String] { behaviour.log.withLock { $0 } }

    /// The journal as it is on disk.
    var journalText: String {
        get throws { String(decoding: try LocalFile.read(directory.journal) ?? [], as: UTF8.self) }
    }

    private var labClock: LabClock {
        var labClock = clock.labClock
        guard waits else { return labClock }
        let clock = clock
        labClock.sleep = { duration in
            let end = clock.slept + duration
            while clock.slept < end {
                try Task.checkCancellation()
                await Task.yield()
            }
        }
        return labClock
    }

    func engine(_ history: History? = nil) throws -> Engine {
        let answer = answer
        return try Behaviour.$current.withValue(behaviour) {
            try Engine(
                experiment: experiment,
                schedule: schedule,
                directory: directory,
                journal: journal,
                catalog: Catalog([
                    FakeImage.self, FakeProvisioner.self, FakeExecutor.self, FakeRunner.self, FakeCollector.self,
                    FakeReporter.self,
                ]),
                system: FakeSystem(),
                seams: Seams(
                    http: FakeHTTP(),
                    processes: FakeProcesses(),
                    credentials: { _ in FixedCredentials() },
                    clock: labClock,
                    environment: [:]
                ),
                history: history,
                confirm: { _ in answer }
            )
        }
    }
}

extension Fixture.Behaviour {
    /// How the plugins that are being made are to behave.
    @TaskLocal static var current = Fixture.Behaviour()

    func isGone(_ id: String) -> Bool { gone.contains(id) || lost.withLock { $0.contains(id) } }

    func note(_ text: String) { log.withLock { $0.append(text) } }
}

struct FakeImage: ImageBuilder {
    static let descriptor = PluginDescriptor(id: "fake", phase: .image, summary: "an image")
    let behaviour = Fixture.Behaviour.current
    init(options: NoOptions, context: PluginContext) {}
    func image(for request: ImageRequest) async throws -> MachineImage { MachineImage(id: "ami-1", name: "image") }
}

struct FakeProvisioner: CostEstimating {
    static let descriptor = PluginDescriptor(
        id: "fake",
        phase: .provision,
        summary: "hosts",
        provides: [.simulatedHosts, .expiringHosts]
    )
    let behaviour = Fixture.Behaviour.current
    let context: PluginContext
    init(options: NoOptions, context: PluginContext) { self.context = context }
    func preflight() async throws {}
    func outline(_ request: ProvisionRequest) -> ResourcePreview? { nil }
    func billables(_ request: ProvisionRequest) -> [Resource]? {
        behaviour.perHour == nil ? [] : [Resource(kind: "instance", id: "", name: "broker-1")]
    }
    func quote(for resources: [Resource], asking: Bool) -> Quote {
        let rate = behaviour.perHour.map { perHour in
            Rate(parts: [.init(kind: "instance", what: "t3.small", perHour: perHour)])
        }
        return Quote(rates: resources.map { $0.kind == "instance" ? rate ?? .free : .free }, source: "a fake")
    }
    func preview(_ request: ProvisionRequest) async throws -> ResourcePreview {
        ResourcePreview(counts: ["instance": 1])
    }
    func provision(_ request: ProvisionRequest) async throws -> [Host] {
        behaviour.note("provision")
        // Ids never come twice.
        let id = "i-\(behaviour.log.withLock { $0.count })"
        try await context.events.record(.intended(ResourceIntent(kind: "instance", name: "broker-1")))
        try await context.events.record(.created(Resource(kind: "instance", id: id, name: "broker-1")))
        try await behaviour.provision()
        return [
            Host(
                name: "broker-1",
                component: "broker",
                instanceID: id,
                privateAddress: "10.0.1.10",
                instanceType: "t3.small"
            )
        ]
    }
    func states(of hosts: [Host]) async throws -> [String: HostState] {
        Dictionary(
            uniqueKeysWithValues: hosts.map {
                ($0.name, behaviour.isGone($0.instanceID) ? .gone("spot") : .running)
            }
        )
    }
    func teardown(_ known: [Resource]) async throws -> TeardownOutcome {
        behaviour.note("teardown of \(known.count), cancelled: \(Task.isCancelled)")
        for stray in behaviour.strays { try await context.events.record(.deleted(kind: stray.kind, id: stray.id)) }
        return TeardownOutcome(
            deleted: behaviour.remaining.isEmpty ? known : [],
            remaining: behaviour.remaining,
            isVerified: true
        )
    }
}

struct FakeExecutor: DetachedJobs {
    static let descriptor = PluginDescriptor(
        id: "fake",
        phase: .execute,
        summary: "commands",
        provides: [.detachedJobs],
        requires: [.simulatedHosts]
    )
    let behaviour = Fixture.Behaviour.current
    init(options: NoOptions, context: PluginContext) {}
    func reachability(of hosts: [Host]) async throws -> [String: Reachability] {
        Dictionary(uniqueKeysWithValues: hosts.map { ($0.name, .online) })
    }
    func run(_ script: Script, on hosts: [Host]) async throws -> [ScriptOutcome] {
        if script.text.hasPrefix(FakeSystem.renewal) {
            behaviour.renewals.withLock { $0.append(script.text) }
            return hosts.map { ScriptOutcome(host: $0.name, ending: .exited(0)) }
        }
        if script.text == FakeSystem.clean {
            behaviour.cleanings.withLock { $0.append(script.comment.replacing("clean up ", with: "")) }
            let fault = behaviour.cleaningFault
            return hosts.map {
                ScriptOutcome(
                    host: $0.name,
                    ending: .exited(fault == nil ? 0 : 1),
                    output: fault.map { "\($0)\n" } ?? ""
                )
            }
        }
        if script.text == FakeSystem.describe {
            return hosts.map {
                ScriptOutcome(host: $0.name, ending: .exited(0), output: "kernel\tLinux 6.1.0\njava\t\n")
            }
        }
        if script.text == FakeSystem.reconfiguration {
            behaviour.note("reconfigure")
            return hosts.map { ScriptOutcome(host: $0.name, ending: .exited(behaviour.reconfigurationStatus)) }
        }
        return hosts.map {
            ScriptOutcome(host: $0.name, ending: .exited(behaviour.healthStatus), output: behaviour.healthOutput)
        }
    }
    func upload(_ content: [UInt8], to path: String, on hosts: [Host]) async throws {}
    func download(_ path: String, from host: Host, to local: FilePath) async throws {}
    func start(_ job: Job, on host: Host) async throws {}
    func status(
        of job: String,
        on host: Host,
        logFrom offset: Int,
        files: [String],
        patience: Duration
    ) async throws -> JobStatus { JobStatus(state: .unknown, log: "", nextOffset: 0, logSize: 0) }
    func stop(_ job: String, on host: Host) async throws {}
}

struct FakeRunner: BenchmarkRunner {
    static let descriptor = PluginDescriptor(id: "fake", phase: .benchmark, summary: "runs", requires: [.detachedJobs])
    let behaviour = Fixture.Behaviour.current
    init(options: NoOptions, context: PluginContext) {}
    func run(_ request: RunRequest, through executor: any DetachedJobs) async throws -> CellOutcome {
        behaviour.note("run \(request.cell.name)")
        return try await behaviour.run(request.cell)
    }
}

struct FakeCollector: MetricsCollector {
    static let descriptor = PluginDescriptor(id: "fake", phase: .metrics, summary: "collects")
    let behaviour = Fixture.Behaviour.current
    init(options: NoOptions, context: PluginContext) {}
    func begin(_ request: MetricsRequest, through executor: any Executor) async throws {
        behaviour.collections.withLock { $0.append("begin \(request.key)") }
        try await behaviour.begin()
    }
    func end(_ request: MetricsRequest, through executor: any Executor) async throws -> CollectedMetrics {
        behaviour.collections.withLock { $0.append("end \(request.key), cancelled: \(Task.isCancelled)") }
        return try await behaviour.collect(request)
    }
}

struct FakeReporter: Reporter {
    static let descriptor = PluginDescriptor(id: "fake", phase: .report, summary: "reports")
    let behaviour = Fixture.Behaviour.current
    init(options: NoOptions, context: PluginContext) {}
    func report(_ record: ExperimentRecord) async throws -> [ReportFile] {
        try behaviour.report()
        behaviour.record.withLock { $0 = record }
        return [ReportFile(name: "count.txt", content: Array("\(record.cells.count { $0.outcome != nil })".utf8))]
    }
}

struct FakeSystem: SystemUnderTest {
    func faults(in spec: ClusterSpec) -> [SpecFault] { [] }
    func hosts(for spec: ClusterSpec, lifetime: HostLifetime) throws -> [HostSpec] { [] }
    func infrastructure(of spec: ClusterSpec) -> ClusterSpec { spec.infrastructure }
    static let reconfiguration = "reconfigure"
    static let renewal = "renew for "
    static let clean = "clean"
    static let describe = "describe"
    func cleaning(after experiment: ExperimentID, on cluster: Cluster) -> Cleaning? {
        Cleaning(hosts: cluster.hosts, script: Self.clean)
    }
    func facts(of cluster: Cluster) -> Script? { Script(Self.describe) }
    func renewal(of lifetime: HostLifetime) -> Script? {
        Script(Self.renewal + (lifetime.leaseSeconds.map { "\($0) s" } ?? "good"))
    }
    func reconfiguration(from old: ClusterSpec?, to new: ClusterSpec, on hosts: [Host]) -> [ReconfigurationStage] {
        [ReconfigurationStage(name: "restart", hosts: hosts, script: Script(Self.reconfiguration))]
    }
    func cluster(for spec: ClusterSpec, on hosts: [Host]) throws -> Cluster {
        Cluster(
            hosts: hosts,
            health: HealthCheck(script: "true", stages: ["boot", "service", "endpoint"]),
            driver: "",
            driverPath: "",
            endpoints: [:]
        )
    }
}

extension ClusterSpec {
    static let sample = ClusterSpec(
        name: "labhost",
        components: [:],
        network: NetworkSpec(vpcCIDR: "10.0.0.0/16", subnetCIDR: "10.0.1.0/24")
    )
}

extension Cell {
    static func sample(_ name: String) -> Cell {
        Cell(name: name, run: name, type: .fixedRate, repetition: 1, workload: Workload(), timeoutSeconds: 600)
    }
}

extension BenchmarkResult {
    static let sample = BenchmarkResult(
        workload: "one",
        driver: "Pulsar",
        messageSizeBytes: 1024,
        publishRate: 10_000,
        consumeRate: 10_000,
        publishErrorRate: 0,
        finalBacklog: 0,
        publishLatency: Latency(
            meanMs: 1,
            p50Ms: 1,
            p75Ms: 1,
            p95Ms: 2,
            p99Ms: 3,
            p999Ms: 4,
            p9999Ms: 5,
            maxMs: 6
        ),
        publishDelay: nil,
        endToEndLatency: nil,
        periods: []
    )
}
