import Document
import LabHost
import Testing

@Suite("What is said about a plan with faults")
struct PlanDiagnosticsTests {
    @Test("is all of it at once, in the order of the file, with lines and carets")
    func wholeOutput() {
        let plan = PlanFixture(
            """
            name: broker-sizing
            descripton: which?
            cluster:
              broker: {count: 0, instance_type: m6i-large}
              zookeper: {count: 3}
            test_runs:
              - name: fixed
                type: fixed_rate
                producer_rate: fast
              - {name: other, type: fixed_rate, producer_rat: 10}
              - {name: third, type: fixed_rat, producer_rate: 10}
            limits: {max_duration: 90, keep: sometimes}
            """
        )
        #expect(
            plan.output == """
                plan.yaml:2:1: error: unknown key "descripton"; did you mean "description"?
                    2 | descripton: which?
                      | ^
                plan.yaml:4:19: error: cluster.broker.count: expected a whole number from 1 to 200, found 0
                    4 |   broker: {count: 0, instance_type: m6i-large}
                      |                   ^
                plan.yaml:4:37: error: cluster.broker.instance_type: expected an instance type such as m6i.large, \
                found "m6i-large"
                    4 |   broker: {count: 0, instance_type: m6i-large}
                      |                                     ^
                plan.yaml:5:3: error: cluster: unknown key "zookeper"; did you mean "zookeeper"?
                    5 |   zookeper: {count: 3}
                      |   ^
                plan.yaml:9:20: error: test_runs[0].producer_rate: expected a whole number from 1 to 1000000000, \
                found "fast"
                    9 |     producer_rate: fast
                      |                    ^
                plan.yaml:10:5: error: test_runs[1]: the key "producer_rate" is missing
                   10 |   - {name: other, type: fixed_rate, producer_rat: 10}
                      |     ^
                plan.yaml:10:37: error: test_runs[1]: unknown key "producer_rat"; did you mean "producer_rate"?
                   10 |   - {name: other, type: fixed_rate, producer_rat: 10}
                      |                                     ^
                plan.yaml:11:25: error: test_runs[2].type: expected one of fixed_rate, max_rate, latency_test, \
                ramp_up, scale_to_failure, search, found "fixed_rat"; did you mean "fixed_rate"?
                   11 |   - {name: third, type: fixed_rat, producer_rate: 10}
                      |                         ^
                plan.yaml:12:24: error: limits.max_duration: expected a length of time such as 90s, 30m or 1h30m, found 90
                   12 | limits: {max_duration: 90, keep: sometimes}
                      |                        ^
                plan.yaml:12:34: error: limits.keep: expected one of never, on-failure, always, found "sometimes"
                   12 | limits: {max_duration: 90, keep: sometimes}
                      |                                  ^

                """
        )
    }

    @Test(
        "names the keys that a run type does not have, and those that it needs",
        arguments: [
            ("type: max_rate, producer_rate: 3", "test_runs[0]: the key \"producer_rate\" does not apply here"),
            ("producer_rate: 3", "test_runs[0]: the key \"type\" is missing"),
        ]
    )
    func runs(keys: String, message: String) throws {
        let messages = PlanFixture("name: x\ntest_runs:\n  - {name: r, \(keys)}\n").messages
        #expect(messages.count == 1)
        #expect(try #require(messages.first).hasSuffix("error: \(message)"))
    }

    @Test(
        "finds what only makes sense together",
        arguments: [
            (
                "aws: {region: us-west-2, availability_zone: us-east-1a}",
                "4:45: error: aws.availability_zone: the zone us-east-1a is not in the region us-west-2"
            ),
            (
                "limits: {cell_timeout: 4h}",
                "4:24: error: limits.cell_timeout: 4h is longer than max_duration, which is 3h"
            ),
            ("limits: {max_duration: 9m, cell_timeout: 9m}", "4:24: error: limits.max_duration: expected at least 10m"),
            (
                "base_workload: {test_duration_minutes: 60}",
                "3:5: error: test_runs[0]: takes about 1h3m, and limits.cell_timeout is 30m"
            ),
            (
                "repetitions: 30",
                "3:3: error: test_runs: all takes about 8h10m, and limits.max_duration is 3h"
            ),
            (
                "base_workload: {consumer_backlog_size_gb: 1}",
                "3:5: error: test_runs[0]: a max_rate run cannot build a backlog; use fixed_rate"
            ),
            ("tags: {Project: x}", "4:8: error: tags.Project: the tag Project is LabHost's own"),
            ("plugins: {reporters: [csv, csv]}", "4:28: error: plugins.reporters[1]: \"csv\" is named twice"),
            (
                "plugins: {provisioner: {use: terraform, options: {modul: x, parallelism: 0}}}",
                "4:51: error: plugins.provisioner.options: unknown key \"modul\"; did you mean \"module\"?\n"
                    + "4:74: error: plugins.provisioner.options.parallelism: expected a whole number from 1 to 100, found 0"
            ),
            // The system's own faults point into the plan, at the nearest thing that somebody wrote.
            (
                "pulsar: {broker: {managedLedgerDefaultEnsembleSize: 5}}",
                "4:53: error: pulsar.broker.managedLedgerDefaultEnsembleSize: expected 1 to cluster.bookkeeper.count (3), found 5"
            ),
            (
                "network: {vpc_cidr: 10.9.0.0/16}",
                "4:10: error: network.subnet_cidr: 10.0.1.0/24 is not inside network.vpc_cidr 10.9.0.0/16"
            ),
            (
                "cluster: {zookeeper: {count: 2}}",
                "4:30: error: cluster.zookeeper.count: expected an odd number, found 2: "
                    + "an even number survives no more failures than one less"
            ),
        ]
    )
    func together(line: String, message: String) {
        let expected = message.split(separator: "\n").map { "plan.yaml:\($0)" }
        #expect(PlanFixture.minimal(line).messages == expected)
    }

    @Test("counts runs of one name once they are names of directories")
    func duplicateNames() {
        let plan = PlanFixture(
            "name: x\ntest_runs:\n  - {name: Max, type: max_rate}\n  - {name: max, type: max_rate}\n"
        )
        #expect(
            plan.messages == [
                "plan.yaml:4:12: error: test_runs[1].name: \"max\" is also the name of test_runs[0]; "
                    + "results need names of their own"
            ]
        )
    }

    @Test("does not follow from a fault that is reported already")
    func noCascades() {
        let plan = PlanFixture.minimal(
            "cluster: {bookkeeper: {count: many}}\npulsar: {broker: {managedLedgerDefaultEnsembleSize: 5}}"
        )
        #expect(plan.messages.count == 1, "whether five bookies are enough depends on a count that cannot be read")
    }
}

@Suite("Plans that mean harm, or mean nothing")
struct HostilePlanTests {
    @Test(
        "with a name that is no name are refused",
        arguments: [
            "../etc", "a/b", "$(reboot)", "`reboot`", "a;b", "'x'", "-rf", ".", "", "é", "x\\ny",
            "01234567890123456789012345678901234567890",
        ]
    )
    func names(name: String) throws {
        let planName = PlanFixture("name: \(YAML.quoted(name))\ntest_runs: [{name: r, type: max_rate}]\n")
        let runName = PlanFixture("name: x\ntest_runs: [{name: \(YAML.quoted(name)), type: max_rate}]\n")
        for (plan, path) in [(planName, "name"), (runName, "test_runs[0].name")] {
            #expect(plan.messages.count == 1)
            let message = try #require(plan.messages.first)
            #expect(message.contains("error: \(path): expected 1 to 40 letters, digits"))
        }
    }

    @Test("with line breaks in a name are shown on one line")
    func lineBreak() {
        let plan = PlanFixture("name: \"a\\nb\"\ntest_runs: [{name: r, type: max_rate}]\n")
        #expect(
            plan.output == """
                plan.yaml:1:7: error: name: expected 1 to 40 letters, digits, spaces, '.', '_' and '-', \
                beginning with a letter or digit, found "a\\nb"
                    1 | name: "a\\nb"
                      |       ^

                """
        )
    }

    @Test(
        "with values that would reach a shell, a file name or AWS are refused",
        arguments: [
            "aws: {region: \"us-west-2; reboot\"}", "aws: {endpoint: \"http://x/$(id)\"}",
            "aws: {endpoint: \"file:///etc\"}",
            "aws: {instance_profile: \"a b\"}", "aws: {availability_zone: us-west-2}", "image: {id: ami-123}",
            "image: {pulsar_version: \"3.0.0'\"}", "network: {allowed_ssh_cidrs: [0.0.0.0/0]}",
            "network: {subnet_cidr: 10.0.1.0/29}", "network: {vpc_cidr: 10.0.1.5/16}",
            "network: {vpc_cidr: 300.0.0.0/16}",
            "cluster: {broker: {heap: lots}}", "cluster: {broker: {heap: 0M}}",
            "cluster: {broker: {instance_type: \"$X.y\"}}",
            "tags: {\"aws:x\": y}", "tags: {\"AWS:x\": y}", "tags: {\"a<b\": y}", "tags: {a: \"x\\ny\"}",
            "pulsar: {broker: {\"a b\": 1}}", "pulsar: {broker: {a: \"1\\nb=2\"}}", "pulsar: {broker: {a: [1]}}",
            "pulsar: {cluster_name: \"a b\"}", "base_workload: {payload_file: \"a b\"}",
            "base_workload: {payload_file: \"-x\"}",
            "base_workload: {test_duration_minutes: 0}", "base_workload: {test_duration_minutes: 0.5}",
            "base_workload: {topics: 0}", "base_workload: {key_distributor: no_key}", "plugins: {runner: ../omb}",
            "plugins: {runner: {options: {}}}", "reporting: {output_format: [\"../x\"]}", "labhost: 2",
            "repetitions: 0",
            "tags: [a]", "cluster: 3", "base_workload: text",
        ]
    )
    func values(line: String) {
        let messages = PlanFixture.minimal(line).messages
        #expect(messages.count == 1, "\(messages)")
        #expect(messages.allSatisfy { $0.hasPrefix("plan.yaml:4:") })
    }

    @Test(
        "that are no plans at all give one message",
        arguments: [
            ("", "plan.yaml: error: the file is empty"),
            ("just text", "plan.yaml:1:1: error: expected a mapping, found \"just text\""),
            ("- a\n- b\n", "plan.yaml:1:1: error: expected a mapping, found a list"),
            ("name: x\nname: y\n", "plan.yaml:2:1: error: the key \"name\" is here twice; first at line 1"),
            ("name: x\ntest_runs: []\n", "plan.yaml:2:12: error: test_runs: expected at least 1 element, found 0"),
        ]
    )
    func noPlans(text: String, message: String) { #expect(PlanFixture(text).messages == [message]) }

    @Test("and whatever is deep, or unfolds without end, are refused at once")
    func limits() {
        let deep = PlanFixture.minimal("tags: " + String(repeating: "[", count: 10_000))
        #expect(deep.messages.map { $0.hasSuffix("nested more than 64 levels deep") } == [true])
        var bomb = "x0: &x0 [a, a, a, a, a, a, a, a, a, a]\n"
        for level in 1..<12 {
            bomb +=
                "x\(level): &x\(level) [" + Array(repeating: "*x\(level - 1)", count: 10).joined(separator: ", ")
                + "]\n"
        }
        #expect(PlanFixture.minimal(bomb).messages.map { $0.hasSuffix("with its aliases unfolded") } == [true])
    }

    @Test("that are not there say so")
    func missing() {
        let result = PlanLoader.load(path: "/nonexistent/plan.yaml", system: FaultlessSystem())
        #expect(throws: PlanFaults.self) { try result.get() }
        if case .failure(let faults) = result {
            #expect(faults.rendered == "/nonexistent/plan.yaml: error: no such file\n")
        }
        if case .failure(let faults) = PlanLoader.load(path: "/", system: FaultlessSystem()) {
            #expect(faults.rendered == "/: error: is a directory, not a file\n")
        } else {
            Issue.record("a directory is no plan")
        }
    }
}
