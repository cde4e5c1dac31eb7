import Foundation
import Subprocess
import Testing

/// The main job, against the emulator and with the real terraform.
@Suite(.serialized) struct TerraformTests {
    static let plan = """
        name: three-cells
        image: {pulsar_version: 3.0.0}
        cluster:
          zookeeper: {count: 1, instance_type: t3.micro}
          bookkeeper: {count: 2, instance_type: t3.small, storage: {type: gp3, size_gb: 50}}
          broker: {count: 1, instance_type: t3.small}
          client: {count: 1, instance_type: t3.small}
        base_workload: {message_size: 1024, test_duration_minutes: 1, warmup_duration_minutes: 1}
        test_runs:
          - {name: fixed-10k, type: fixed_rate, producer_rate: 10000}
          - {name: fixed-20k, type: fixed_rate, producer_rate: 20000}
          - {name: max, type: max_rate}
        """

    @Test func `three cells are measured and nothing is left`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let run = try await labhost(
                "run",
                "--provisioner",
                "terraform",
                "--executor",
                "ssm",
                try labhost.plan(Self.plan)
            )
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)

            let rows = try labhost.latest("report/results.csv").split(separator: "\r\n").map(String.init)
            #expect(rows.count == 4)
            let header = try #require(rows.first).split(separator: ",").map(String.init)
            let verdict = try #require(header.firstIndex(of: "verdict"))
            let rate = try #require(header.firstIndex(of: "publish_rate_msg_s"))
            let cells = rows.dropFirst().map {
                $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            }
            #expect(cells.prefix(2).map { $0[verdict] } == ["valid", "valid"])
            let rates = cells.compactMap { Double($0[rate]) }
            #expect(abs(rates[0] - 10_000) < 200)
            #expect(abs(rates[1] - 20_000) < 400)
            #expect(run.output.contains("receipt: created"))
        }
    }

    @Test func `calls that terraform makes twice, as their answers were lost, cost no cluster`() async throws {
        try await Sandbox.run(["--omb-speed", "6000"]) { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            for action in ["iam.AddRoleToInstanceProfile", "ec2.RevokeSecurityGroupEgress"] {
                try await sandbox.fail("{\"action\": \"\(action)\", \"after\": true}")
            }
            let plan = try labhost.plan(ChaosTests.plan)
            let run = try await labhost("run", "--yes", "--provisioner", "terraform", plan)
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            #expect(run.errors.contains("terraform made calls twice: again"), "\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `two clusters with two configurations each are built in turn, and none is left`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = """
                name: matrix
                image: {pulsar_version: 3.0.0}
                cluster:
                  zookeeper: {count: 1, instance_type: t3.micro}
                  bookkeeper: {count: 1, instance_type: t3.small}
                  broker: {count: 1}
                  client: {count: 1, instance_type: t3.small}
                base_workload: {test_duration_minutes: 1, warmup_duration_minutes: 1}
                test_runs: [{name: fixed, type: fixed_rate, producer_rate: 10000}]
                matrix:
                  cluster.broker.instance_type: [t3.small, t3.medium]
                  pulsar.broker.managedLedgerCacheSizeMB: [64, 128]
                """
            let run = try await labhost.run(
                ["run", "--provisioner", "terraform", "--executor", "ssm", try labhost.plan(plan)]
            )
            #expect(run.status == 0, "\(run.output)\n\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)
            let rows = try labhost.latest("report/results.csv").split(separator: "\r\n").dropFirst()
            #expect(
                rows.compactMap { $0.split(separator: ",").dropFirst().first.map(String.init) } == [
                    "fixed.t3-small.mlcsm64", "fixed.t3-small.mlcsm128", "fixed.t3-medium.mlcsm64",
                    "fixed.t3-medium.mlcsm128",
                ]
            )
            #expect(rows.map { $0.contains(",t3.medium,") } == [false, false, true, true])
            #expect(rows.allSatisfy { $0.contains(",valid,") }, "\(rows)")
        }
    }

    @Test func `a cluster is set up, looked into, measured and torn down by one command each`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            // What shells, HCL's templates and Systems Manager's documents would each act on.
            let hostile = #"it's "q" $(touch broken) `x` ${path.module} %{if true} {{ssm:x}} \"#
            let plan =
                SmallCluster.keys + """
                    name: steps
                    pulsar:
                      broker: {someSetting: '\(hostile.replacingOccurrences(of: "'", with: "''"))'}
                    test_runs:
                      - {name: break, type: scale_to_failure, initial_rate: 50000, rate_multiplier: 2}
                    """
            let setup = try await labhost(
                "setup",
                "--yes",
                "--provisioner",
                "terraform",
                "--executor",
                "ssm",
                try labhost.plan(plan)
            )
            #expect(setup.status == 0, "\(setup.errors)")
            let look = try await labhost("exec", "latest", "--", ". /opt/labhost/host.env; echo $COMPONENT >&1")
            #expect(look.status == 0)
            let said = Set(look.output.split(separator: "\n").map(String.init))
            #expect(
                said == [
                    "zookeeper-1  zookeeper", "bookkeeper-1  bookkeeper", "broker-1  broker", "client-1  client",
                ]
            )
            #expect(try await labhost("exec", "latest", "--component", "client", "--", "exit 7").status == 7)
            let setting = try await labhost(
                "exec",
                "latest",
                "--component",
                "broker",
                "--",
                "sed -n 's/^someSetting=//p' /opt/pulsar/conf/broker.conf"
            )
            #expect(setting.output == "\(hostile)\n", "\(setting.output)\n\(setting.errors)")
            let bench = try await labhost("bench", "latest")
            #expect(bench.status == 0, "\(bench.errors)")
            #expect(bench.output.contains("100,000 msg/s held; 200,000 did not: achieved"))
            #expect(try await labhost("teardown", "latest").status == 0)
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `an interrupt in mid-run tears down and exits with 130`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(Self.plan)
            let run = try await labhost.run(["run", "--provisioner", "terraform", "--executor", "ssm", plan]) { send in
                try await labhost.wait(for: "\"created\"")
                try send(.interrupt)
            }
            #expect(run.status == 130, "\(run.output)\n\(run.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }

    @Test func `a killed run is torn down from the ledger and the tags, without terraform's state`() async throws {
        try await Sandbox.run { sandbox in
            let labhost = try LabHost(sandbox: sandbox)
            let plan = try labhost.plan(Self.plan)
            let run = try await labhost.run(["run", "--provisioner", "terraform", "--executor", "ssm", plan]) { send in
                try await labhost.wait(for: "\"hosts\"")
                try send(.kill)
            }
            #expect(run.status == 137)
            #expect(try await sandbox.leaks().count > 0)
            try labhost.removeLatest("provision")
            let teardown = try await labhost("teardown", "latest")
            #expect(teardown.status == 0, "\(teardown.output)\n\(teardown.errors)")
            #expect(try await sandbox.leaks().count == 0)
        }
    }
}
