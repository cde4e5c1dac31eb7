public import PluginAPI
import Pulsar
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// This machine as the cluster: Pulsar's processes on free ports, or nothing at all, and OMB beside them.
///
/// The measurements are real, and those of a machine that does everything at once. With an OMB driver of the plan's
/// (`driver:`) whatever it connects to is measured, and nothing is started.
public struct LocalProvisioner: CostEstimating {
    /// What the plugin says about itself.
    public static let descriptor = PluginDescriptor(
        id: "local",
        phase: .provision,
        summary: "this machine: Pulsar's processes, or nothing for a driver of the plan's",
        provides: [.localHosts, .resourceLedger],
        companions: [.image: "none", .execute: "local"]
    )

    private let options: LocalOptions
    private let context: PluginContext

    /// Makes the plugin.
    public init(options: LocalOptions, context: PluginContext) {
        self.options = options
        self.context = context
    }

    /// Nobody is paid for a process of one's own.
    public func billables(_ request: ProvisionRequest) -> [Resource]? { [] }

    /// Nothing.
    public func quote(for resources: [Resource], asking: Bool) -> Quote {
        Quote(rates: resources.map { _ in .free }, source: "this machine")
    }

    /// Checks for Pulsar and for OMB.
    public func preflight() async throws {
        try require(
            benchmarkHome + "/bin/benchmark",
            "OpenMessaging Benchmark",
            hint: "set OMB_HOME to where it is built"
        )
        guard let safe = try? #/[A-Za-z0-9._/-]+/#.wholeMatch(in: benchmarkHome + context.directory.string),
            !safe.0.isEmpty
        else {
            throw LabError(
                .preflight,
                "OMB's launcher cannot be given a path with blanks or other special characters",
                cause: "\(benchmarkHome), \(context.directory)",
                hint: "set OMB_HOME and LABHOST_HOME to plain paths"
            )
        }
        guard options.start != .nothing else { return }
        guard let home else {
            throw LabError(
                .preflight,
                "nobody says where Pulsar is",
                hint: "set PULSAR_HOME; or, for something that runs already, `start: nothing` and a `driver`"
            )
        }
        try require(home + "/bin/pulsar", "Pulsar", hint: "set PULSAR_HOME to where it is installed")
    }

    /// The processes.
    public func outline(_ request: ProvisionRequest) -> ResourcePreview? {
        let count = names(request).count
        return ResourcePreview(counts: count == 0 ? [:] : ["process": count])
    }

    /// The processes.
    public func preview(_ request: ProvisionRequest) async throws -> ResourcePreview {
        outline(request) ?? ResourcePreview(counts: [:])
    }

    /// Starts the processes; those that an earlier attempt started go on.
    public func provision(_ request: ProvisionRequest) async throws -> [Host] {
        let client = LocalProcesses.host("client-1", component: "client")
        guard options.start != .nothing else { return [client] }
        guard let home else { throw LabError(.provisioning, "nobody says where Pulsar is", hint: "set PULSAR_HOME") }
        let layout = try layout(request)
        let processes = LocalProcesses(context, home: home)
        for process in layout.processes {
            try await context.events.progress("starting \(process.name)")
            try await context.events.record(.intended(ResourceIntent(kind: "process", name: process.name)))
            try await processes.start(process, until: request.expiry)
            try await context.events.record(
                .created(Resource(kind: "process", id: process.name, name: process.name))
            )
            if process.component != "broker" { try await waitUntilUp(process, processes) }
        }
        return layout.processes.map { LocalProcesses.host($0.name, component: $0.component) } + [client]
    }

    /// The cluster on its ports.
    public func cluster(on hosts: [Host]) throws -> Cluster? {
        let layout = try savedLayout()
        let brokers = layout?.brokers.map(\.web) ?? []
        return .connected(
            hosts: hosts,
            serviceURL: layout?.serviceURL ?? "pulsar://127.0.0.1:6650",
            httpURL: layout?.httpURL ?? "http://127.0.0.1:8080",
            clusterName: LocalLayout.clusterName,
            bookies: layout?.bookies ?? 1,
            health: layout == nil ? nil : HealthCheck(script: Self.health(of: brokers), stages: ["endpoint"]),
            paths: ClientPaths(benchmark: benchmarkHome, results: context.directory.appending("results").string)
        )
    }

    /// Whether each process runs.
    public func states(of hosts: [Host]) async throws -> [String: HostState] {
        let processes = LocalProcesses(context, home: home ?? "")
        var states: [String: HostState] = [:]
        for host in hosts {
            states[host.name] = host.component == "client" ? .running : try await processes.state(of: host.name)
        }
        return states
    }

    /// Ends every process, and removes their data.
    public func teardown(_ known: [Resource]) async throws -> TeardownOutcome {
        let processes = LocalProcesses(context, home: home ?? "")
        let names = Set(known.filter { $0.kind == "process" }.map(\.id))
            .union(try savedLayout()?.processes.map(\.name) ?? [])
        var outcome = TeardownOutcome(deleted: [], remaining: [], isVerified: true)
        // What others depend on goes last.
        func rank(_ name: String) -> Int { name.hasPrefix("broker") ? 0 : name.hasPrefix("bookkeeper") ? 1 : 2 }
        for name in names.sorted(by: { (rank($0), $0) < (rank($1), $1) }) {
            do {
                try await processes.stop(name)
                if case .running = try await processes.state(of: name) {
                    outcome.remaining.append(.init(kind: "process", id: name, reason: "it does not end"))
                } else {
                    outcome.deleted.append(Resource(kind: "process", id: name, name: name))
                    try await context.events.record(.deleted(kind: "process", id: name))
                }
            } catch {
                outcome.isVerified = false
                outcome.errors.append(LabError(error, code: .leftBehind, while: "ending \(name)"))
            }
        }
        guard outcome.isVerified, outcome.remaining.isEmpty else { return outcome }
        for directory in ["data", "conf", "work"] {
            try? FileManager.default.removeItem(atPath: context.directory.appending(directory).string)
        }
        // Another group's processes are other jobs: started once does not mean started for ever.
        try? FileManager.default.removeItem(atPath: context.directory.appending("jobs").string)
        LocalFile.remove(saved)
        return outcome
    }

    // MARK: What there is

    private var home: String? {
        options.pulsarHome ?? context.environment["PULSAR_HOME"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private var benchmarkHome: String {
        context.environment["OMB_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "/opt/openmessaging-benchmark"
    }

    private func require(_ path: String, _ what: String, hint: String) throws {
        guard access(path, X_OK) == 0 else {
            throw LabError(.preflight, "\(what) is not there", cause: "there is no program \(path)", hint: hint)
        }
    }

    private var saved: FilePath { context.directory.appending("local.json") }

    private func savedLayout() throws -> LocalLayout? {
        guard let content = try LocalFile.read(saved) else { return nil }
        do { return try JSONDecoder().decode(LocalLayout.self, from: Data(content)) } catch {
            throw LabError(error, while: "reading \(saved)")
        }
    }

    /// The layout of an earlier attempt, or one on free ports, kept before anything is started.
    private func layout(_ request: ProvisionRequest) throws -> LocalLayout {
        if let layout = try savedLayout() { return layout }
        let ports = try FreePorts.find(max(4, LocalLayout.portsNeeded(for: request.hosts)))
        let layout =
            options.start == .standalone
            ? LocalLayout.standalone(in: context.directory, settings: request.settings, ports: ports)
            : LocalLayout.components(
                of: request.hosts,
                in: context.directory,
                settings: request.settings,
                ports: ports
            )
        try LocalFile.write(JSONEncoder().encode(layout), to: saved)
        return layout
    }

    private func names(_ request: ProvisionRequest) -> [String] {
        switch options.start {
        case .nothing: []
        case .standalone: ["broker-1"]
        case .components:
            ["zookeeper-1"]
                + request.hosts.filter { ["bookkeeper", "broker"].contains($0.component) }.map(\.name)
        }
    }

    /// What others connect to has to listen before they are started.
    private func waitUntilUp(_ process: LocalLayout.Process, _ processes: LocalProcesses) async throws {
        let clock = context.clock
        let deadline = clock.uptime() + .seconds(120)
        while !FreePorts.listens(process.port) {
            if case .gone(let reason) = try await processes.state(of: process.name) {
                throw LabError(.provisioning, "\(process.name) did not come up", cause: reason)
            }
            guard clock.uptime() < deadline else {
                throw LabError(
                    .provisioning,
                    "\(process.name) does not listen on port \(process.port) after two minutes"
                )
            }
            try await clock.sleep(.milliseconds(300))
        }
    }

    private static func health(of ports: [Int]) -> String {
        """
        end=$(($(date +%s) + ${LABHOST_WAIT:-0}))
        for port in \(ports.map(String.init).joined(separator: " ")); do
            until curl -fsS --max-time 5 "http://127.0.0.1:$port/admin/v2/brokers/health" >/dev/null 2>&1; do
                [ "$(date +%s)" -lt "$end" ] ||
                    { printf 'endpoint\\tbroker\\tfailed\\tno good answer from 127.0.0.1:%s\\n' "$port"; exit 1; }
                sleep 0.5
            done
        done
        printf 'endpoint\\tbroker\\tok\\t\\n'

        """
    }
}
