import Document
import LabHost
import PluginAPI
import Pulsar
import Testing

@Suite("Loading plans")
struct PlanLoaderTests {
    @Test("fills a plan that says as little as possible with defaults")
    func minimal() throws {
        let plan = try PlanFixture.minimal().plan()
        #expect(plan.name == "small")
        #expect(plan.imageRequest == ImageRequest(pulsarVersion: "3.0.0"))
        #expect(plan.cloud == CloudSettings())
        #expect(plan.spec.components.mapValues(\.count) == ["zookeeper": 3, "bookkeeper": 3, "broker": 2, "client": 1])
        #expect(plan.spec.components["bookkeeper"]?.storage == VolumeSpec(type: "gp3", sizeGB: 50))
        #expect(plan.spec.components["broker"]?.storage == nil)
        #expect(plan.spec.network == NetworkSpec(vpcCIDR: "10.0.0.0/16", subnetCIDR: "10.0.1.0/24"))
        #expect(plan.maxDuration == .seconds(3 * 3600))
        #expect(plan.cellTimeout == .seconds(1800))
        #expect(plan.keep == .never)
        #expect(plan.repetitions == 1)
        #expect(plan.reporters == nil)
        #expect(
            plan.runs.flatMap(\.variants).map(\.workload) == [Workload()],
            "the schema's defaults are the workload's own"
        )
    }

    @Test("reads every section that this version supports")
    func everything() throws {
        let plan = try PlanFixture(
            """
            name: Broker Sizing_v2
            description: Which broker?
            labhost: 1
            plugins:
              image: packer
              provisioner: {use: terraform, options: {module: ./my-module}}
              executor: ssm
              runner: omb
              reporters: [json]
            aws:
              region: us-west-2
              profile: lab
              availability_zone: us-west-2a
              spot: {max_price: 0.05, fallback: on-demand}
              instance_profile: SSMManagedInstanceCore
              endpoint: http://127.0.0.1:5000
            image: {pulsar_version: 3.10}
            network: {vpc_cidr: 10.1.0.0/16, subnet_cidr: 10.1.1.0/24, allowed_ssh_cidrs: [203.0.113.7/32]}
            cluster:
              broker: {count: 3, heap: 2G}
            pulsar:
              cluster_name: sizing
              broker: {managedLedgerDefaultEnsembleSize: 3, managedLedgerDefaultWriteQuorum: 3}
              bookkeeper: {journalSyncData: true}
              zookeeper: {tickTime: 2000}
            tags: {team: data-platform, cost-center: 007}
            limits: {max_duration: 5h, cell_timeout: 1h30m, keep: on-failure}
            base_workload: {topics: 2, message_size: 512, payload_file: payload/512b.data}
            test_runs:
              - {name: fixed-10k, type: fixed_rate, producer_rate: 10000}
              - {name: Big Messages, type: fixed_rate, producer_rate: 500, workload_overrides: {message_size: 65536}}
            repetitions: 2
            reporting: {output_format: [json, csv], include_raw_data: true, metrics_to_highlight: [p99_latency]}
            """
        ).plan()
        #expect(plan.name == "broker-sizing-v2")
        #expect(plan.description == "Which broker?")
        #expect(plan.image == Experiment.Choice(id: "packer"))
        let options = #"{"module": "./my-module", "parallelism": 10}"#
        #expect(plan.provisioner == Experiment.Choice(id: "terraform", options: options))
        #expect(plan.reporters == [Experiment.Choice(id: "json"), Experiment.Choice(id: "csv")])
        #expect(plan.pluginMarks[.execute]?["ssm"]?.description == "plan.yaml:7:13")
        #expect(plan.imageRequest.pulsarVersion == "3.10", "a version is text, whatever YAML makes of it")
        #expect(plan.spec.spot == SpotRequest(maxPrice: 0.05, fallsBackToOnDemand: true))
        #expect(plan.cloud.endpoint == "http://127.0.0.1:5000")
        #expect(plan.spec.name == "sizing")
        #expect(plan.spec.components["broker"]?.heap == "2G")
        #expect(plan.spec.components["broker"]?.instanceType == "t3.small", "what is not written keeps its default")
        #expect(plan.spec.settings["bookkeeper"] == ["journalSyncData": "true"])
        #expect(plan.tags == ["team": "data-platform", "cost-center": "007"])
        #expect(plan.cellTimeout == .seconds(5400))
        #expect(plan.keep == .onFailure)
        #expect(plan.runs.map(\.name) == ["fixed-10k", "big-messages"])
        #expect(plan.runs.flatMap(\.variants).map(\.workload.messageSizeBytes) == [512, 65_536])
        #expect(plan.runs.flatMap(\.variants).map(\.workload.producerRate) == [10_000, 500])
        #expect(plan.runs.flatMap(\.variants).map(\.workload.topics) == [2, 2])
        #expect(plan.highlights == ["p99_latency"])
    }

    @Test("takes a null, and a section without content, as left out")
    func nulls() throws {
        let plan = try PlanFixture.minimal("tags:\ncluster:\n  broker:\nrepetitions: ~\naws: {spot: null}\n").plan()
        #expect(plan.tags.isEmpty)
        #expect(plan.spec.components["broker"]?.count == 2)
        #expect(plan.repetitions == 1)
    }

    @Test("puts overrides in the plan before it is checked, with the command line as their place")
    func overrides() throws {
        let region = PlanOverride(PlanPath() / "aws" / "region", "eu-west-1")
        let rate = PlanOverride(try #require(PlanPath("test_runs[0].producer_rate")), "7")
        #expect(try PlanFixture.minimal(overrides: [region]).plan().cloud.region == "eu-west-1")
        #expect(
            PlanFixture.minimal(overrides: [rate]).output
                == "command line: error: test_runs[0]: the key \"producer_rate\" does not apply here\n"
        )
        let nowhere = PlanOverride(try #require(PlanPath("test_runs[3].name")), "x")
        #expect(
            PlanFixture.minimal(overrides: [nowhere]).output
                == "command line: error: test_runs[3].name: there is no such place in the plan\n"
        )
    }

    @Test("accepts the plans that ship", arguments: ["poc"])
    func shipped(name: String) throws {
        let file = try SourceFile.read(Self.repository + "/plans/\(name).yaml", limit: 1 << 20)
        let plan = try PlanLoader.load(file, system: PulsarSystem()).get().plan
        #expect(plan.name == name)
        #expect(plan.description != nil)
    }

    @Test("accepts a Pulsar lab's plan as it stands, as far as its run types are supported")
    func labPlan() throws {
        let plan = try PlanFixture(
            """
            name: "Pulsar Baseline"
            description: "Baseline"
            base_workload:
              topics: 1
              partitions_per_topic: 16
              message_size: 1024
              payload_file: "payload/payload-1Kb.data"
              subscriptions_per_topic: 1
              producers_per_topic: 1
              consumers_per_topic: 1
              consumer_backlog_size_gb: 0
              test_duration_minutes: 5
              warmup_duration_minutes: 1
            test_runs:
              - name: "fixed-50k"
                type: "fixed_rate"
                producer_rate: 50000
                workload_overrides:
                  message_size: 4096
              - name: "max"
                type: "max_rate"
            reporting:
              output_format: ["json", "csv"]
              include_raw_data: true
              metrics_to_highlight: ["throughput", "p99_latency", "cost_per_million_msgs"]
            """
        ).plan()
        #expect(plan.name == "pulsar-baseline")
        #expect(plan.runs.flatMap(\.variants).map(\.workload.messageSizeBytes) == [4096, 1024])
    }

    private static let repository = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
}
