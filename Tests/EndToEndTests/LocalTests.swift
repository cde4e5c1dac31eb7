import Foundation
import LabHost
import LocalProvisioner
import PluginAPI
import PluginTestKit
import Subprocess
import SystemPackage
import Testing

/// Pulsar and OMB on this machine, played by stand-ins: processes that really run, and listen where they are told to.
@Suite(.serialized) struct LocalTests {
    private let pulsar = try? TemporaryDirectory()
    private static let standIn = #"""
        #!/bin/sh
        case $1 in
        standalone) conf=$PULSAR_STANDALONE_CONF key=webServicePort ;;
        zookeeper) conf=$PULSAR_ZK_CONF key=clientPort ;;
        bookie) conf=$PULSAR_BOOKKEEPER_CONF key=bookiePort ;;
        broker) conf=$PULSAR_BROKER_CONF key=webServicePort ;;
        *) echo "$@" >>"$(dirname "$0")/../calls"; exit 0 ;;
        esac
        mkdir -p web/admin/v2/brokers
        echo ok >web/admin/v2/brokers/health
        exec python3 -m http.server --bind 127.0.0.1 --directory web "$(sed -n "s/^$key=//p" "$conf" | tail -1)"
        """#
    private static let benchmark = Repository.root.appending(
        "Tests/AWSSandbox/machine/opt/openmessaging-benchmark"
    )

    private static func plan(_ start: String, more: String = "") -> String {
        """
        name: local
        plugins: {provisioner: {use: local, options: {start: \(start)}}}
        base_workload: {test_duration_minutes: 1, warmup_duration_minutes: 0}
        test_runs: [{name: steady, type: fixed_rate, producer_rate: 5000}]
        limits: {max_duration: 2h}
        \(more)
        """
    }

    /// A labhost with a Pulsar of its own.
    private func machine() throws -> LabHost {
        let pulsar = try #require(pulsar)
        let files = FileManager.default
        for directory in ["bin", "conf"] {
            let path = pulsar.path.appending(directory).string
            try files.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        for name in ["standalone", "broker", "bookkeeper", "zookeeper"] {
            let path = pulsar.path.appending("conf/\(name).conf").string
            try "webServicePort=8080\nclientPort=2181\n".write(toFile: path, atomically: true, encoding: .utf8)
        }
        let program = pulsar.path.appending("bin/pulsar").string
        try Self.standIn.write(toFile: program, atomically: true, encoding: .utf8)
        try files.setAttributes([.posixPermissions: NSNumber(value: Int16(0o755))], ofItemAtPath: program)
        let environment = ["PULSAR_HOME": pulsar.path.string, "OMB_HOME": Self.benchmark.string]
        return try LabHost(environment: environment)
    }

    /// The processes whose working directories are an experiment's.
    private func processes(of labhost: LabHost) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
            guard Int(name) != nil else { return false }
            let directory = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(name)/cwd")
            return directory?.contains(labhost.directory.string) == true
        }
    }

    @Test(arguments: ["standalone", "components"])
    func `Pulsar is started here, measured, and gone`(_ start: String) async throws {
        let labhost = try machine()
        let run = try await labhost("run", "--yes", try labhost.plan(Self.plan(start)))
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
        #expect(!run.output.contains("SIMULATED"))
        let count = start == "standalone" ? 1 : 6
        #expect(run.output.contains("receipt: created \(count), verified absent \(count)"), "\(run.output)")
        #expect(try processes(of: labhost) == [])
        let driver = try labhost.latest("cells/steady/driver.yaml")
        #expect(driver.contains("pulsar://127.0.0.1:"))
        #expect(!driver.contains("127.0.0.1:6650"))
        guard start == "components" else { return }
        let calls = try #require(pulsar).text("calls")
        #expect(calls.hasPrefix("initialize-cluster-metadata --cluster standalone --metadata-store zk:127.0.0.1:"))
        #expect(calls.split(separator: "\n").count == 1)
    }

    @Test func `the local provisioner conforms`() async throws {
        let labhost = try machine()
        let recorder = EventRecorder()
        var context = PluginContext.fake(
            directory: labhost.directory.appending("provision"),
            events: recorder,
            processes: SubprocessRunner(),
            clock: .system
        )
        context.environment = ["OMB_HOME": Self.benchmark.string]
        try LocalFile.makeDirectory(context.directory)
        let options = LocalOptions(start: .components, pulsarHome: try #require(pulsar).path.string)
        let hosts = ["bookkeeper-1", "broker-1"].map { name in
            HostSpec(
                name: name,
                component: name == "broker-1" ? "broker" : "bookkeeper",
                instanceType: "any",
                privateAddress: "127.0.0.1",
                userData: ""
            )
        }
        let request = ProvisionRequest(
            hosts: hosts,
            network: NetworkSpec(vpcCIDR: "10.0.0.0/16", subnetCIDR: "10.0.1.0/24"),
            image: MachineImage(id: "none", name: "none"),
            expiry: Date(timeIntervalSinceNow: 600),
            settings: ["broker": ["managedLedgerCacheSizeMB": "64"]]
        )
        let ready = context
        let names = ["zookeeper-1", "bookkeeper-1", "broker-1", "client-1"]
        let subject = ProvisionerConformance.Subject(request: request, recorder: recorder, hosts: names) {
            LocalProvisioner(options: options, context: ready)
        }
        try await ProvisionerConformance.check(subject)
        #expect(try processes(of: labhost) == [])
    }

    @Test func `a driver of the plan's is measured, and nothing is started`() async throws {
        let labhost = try machine()
        let driver = "driver: {client: {serviceUrl: \"pulsar://127.0.0.1:7777\"}}"
        let run = try await labhost("run", "--yes", try labhost.plan(Self.plan("nothing", more: driver)))
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
        #expect(try labhost.latest("cells/steady/driver.yaml").contains("127.0.0.1:7777"))
    }

    @Test func `what a killed run has started is ended by teardown`() async throws {
        let labhost = try machine()
        let plan = try labhost.plan(Self.plan("standalone"))
        let run = try await labhost.run(["run", "--yes", plan]) { send in
            try await labhost.wait(for: "\"hosts\"")
            try send(.kill)
        }
        #expect(run.status == 137)
        #expect(try processes(of: labhost) != [])
        let teardown = try await labhost("teardown", "latest")
        #expect(teardown.status == 0, "\(teardown.output)\n\(teardown.errors)")
        #expect(try processes(of: labhost) == [])
    }

    @Test func `a machine without Pulsar or OMB is told what to set`() async throws {
        let bare = try LabHost(environment: ["PULSAR_HOME": "", "OMB_HOME": Self.benchmark.string])
        let run = try await bare("run", "--yes", try bare.plan(Self.plan("standalone")))
        #expect(run.status == 10)
        #expect(run.errors.contains("set PULSAR_HOME"))
        let other = try LabHost(environment: ["OMB_HOME": "/nonexistent"])
        let second = try await other("run", "--yes", try other.plan(Self.plan("nothing")))
        #expect(second.status == 10)
        #expect(second.errors.contains("set OMB_HOME"))
    }
}
