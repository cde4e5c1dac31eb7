import Testing

/// What works with no network at all.
@Suite struct OfflineTests {
    @Test func `the demo runs to a receipt and says that it is simulated everywhere`() async throws {
        let labhost = try LabHost()
        let run = try await labhost(
            "run",
            "--provisioner",
            "dry-run",
            "--executor",
            "dry-run",
            "--yes",
            "plans/poc.yaml"
        )
        #expect(run.status == 0, "\(run.output)\n\(run.errors)")
        #expect(run.errors.contains("simulated"))
        #expect(run.output.contains("SIMULATED"))
        #expect(run.output.contains("verified absent"))
        #expect(try labhost.latest("report/results.json").contains(#""is_simulated" : true"#))
        #expect(try await labhost("show", "latest").output.contains("simulated"))
        #expect(try await labhost("list").output.contains("poc"))
        // Nobody works on it any more, so that following comes to an end.
        let log = try labhost.latest("labhost.log")
        #expect(log.contains("teardown"))
        #expect(try await labhost("logs", "latest", "--follow").output == log)
        let history = try await labhost("history", "--plan", "poc", "--metric", "p99_latency")
        #expect(history.output.contains("simulated"), "\(history.errors)")
    }

    @Test(arguments: [
        (["--provisioner", "dry-run", "plans/poc.yaml"], "capacity-error", 11, "InsufficientInstanceCapacity"),
        (["plans/local-smoke.yaml"], "permission-denied", 10, "UnauthorizedOperation"),
        (["plans/local-smoke.yaml"], "host-dies", 12, "Server.SpotInstanceTermination"),
    ])
    func `what goes wrong is rehearsed with a scenario`(
        _ arguments: [String],
        _ scenario: String,
        _ status: Int32,
        _ cause: String
    ) async throws {
        let labhost = try LabHost()
        let option = "plugins.provisioner.options.scenario=\(scenario)"
        let run = try await labhost.run(["run", "--yes", "--set", option] + arguments)
        #expect(run.status == status, "\(run.output)\n\(run.errors)")
        #expect(run.errors.contains(cause))
    }

    @Test(arguments: [
        ("missing", nil),
        ("empty", ""),
        ("unknown key", "name: x\nnmae: y\n"),
        (
            "shell in a name",
            "name: x\nimage: {pulsar_version: 3.0.0}\ntest_runs: [{name: '$(reboot)/../x', type: fixed_rate}]"
        ),
    ])
    func `a bad plan is one clear error, exit 65, and nothing is created`(_ what: String, _ text: String?) async throws
    {
        let labhost = try LabHost()
        let plan = try text.map { try labhost.plan($0) } ?? "no-such-plan.yaml"
        let run = try await labhost("run", "--yes", plan)
        #expect(run.status == 65, "\(what): \(run.errors)")
        #expect(run.errors.contains("error: "))
        #expect(try await labhost("list").output.contains("no experiments yet"))
    }

    @Test func `no credentials is a preflight failure that says where it looked`() async throws {
        let labhost = try LabHost(environment: [
            "HOME": "/nonexistent", "AWS_EC2_METADATA_DISABLED": "true", "AWS_REGION": "us-west-2",
        ])
        let run = try await labhost("run", "--yes", "plans/poc.yaml")
        #expect(run.status == 10, "\(run.errors)")
        #expect(run.errors.contains("AWS_ACCESS_KEY_ID"))
    }

    @Test func `an endpoint that refuses is a preflight failure that names it`() async throws {
        let labhost = try LabHost(environment: [
            "AWS_ENDPOINT_URL": "http://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
            "AWS_REGION": "us-west-2",
        ])
        let run = try await labhost("run", "--yes", "plans/poc.yaml")
        #expect(run.status == 10, "\(run.errors)")
        #expect(run.errors.contains("127.0.0.1:9"))
    }

    @Test func `a missing terraform is a preflight failure that says so`() async throws {
        let labhost = try LabHost(environment: [
            "PATH": "/nonexistent", "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-west-2",
        ])
        let run = try await labhost("run", "--provisioner", "terraform", "--yes", "plans/poc.yaml")
        #expect(run.status == 10, "\(run.errors)")
        #expect(run.errors.contains("terraform"))
    }
}
