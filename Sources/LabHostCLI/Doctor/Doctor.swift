import AWS
import LabHost
import PluginAPI
import SystemPackage

/// Looks at everything that a run would need, all at once, and changes nothing.
struct Doctor: Sendable {
    /// A plan as far as its needs go.
    struct Subject: Sendable {
        var outlook: Outlook
        var schedule: Schedule
        var executor: String
        /// What the plugins call; nil when they call no AWS.
        var policy: AccessPolicy?
        /// Whether the provisioner makes what it uses, so that quotas count.
        var creates: Bool
    }

    let cloud: CloudSettings
    let seams: Seams
    let server: ServerClock
    let home: FilePath
    /// How long one check may take.
    var limit = Duration.seconds(20)

    private typealias Check = (name: String, look: @Sendable () async -> [Finding])

    /// Everything that was found, in the order of the checks.
    ///
    /// - Parameter subject: The plan to look at; nil for what every run on AWS needs.
    /// - Returns: At least one finding.
    func findings(for subject: Subject?) async -> [Finding] {
        let checks = HomeChecks(home: home)
        var findings = [checks.permissions(), checks.space()]
        guard let subject else { return findings + (await account().findings) }
        var all: [Check] = []
        if let policy = subject.policy {
            let (found, caller) = await account()
            findings += found
            guard let caller else {
                findings.append(
                    Finding("plan", .unknown, "without credentials nobody can say whether the plan would run")
                )
                return findings
            }
            all += accountChecks(subject, policy, caller)
        } else {
            findings.append(Finding("AWS", .ok, "not needed: none of the plan's plugins calls it"))
        }
        do { all = try subject.outlook.preflights().map(own) + all } catch {
            findings.append(Finding("plugins", error: error))
        }
        return await findings + run(all)
    }

    /// Region, credentials and clock: without them no other call can succeed.
    private func account() async -> (findings: [Finding], caller: CallerIdentity?) {
        let client = client()
        let region: Finding
        do { region = Finding("region", .ok, try client.region) } catch {
            return ([Finding("region", error: error)], nil)
        }
        let checks = AccountChecks(client: client, server: server)
        let (identity, caller) = await limited("credentials", (nil as CallerIdentity?)) { await checks.identity() }
        return ([region, identity, checks.clock()], caller)
    }

    private func accountChecks(_ subject: Subject, _ policy: AccessPolicy, _ caller: CallerIdentity) -> [Check] {
        let checks = AccountChecks(client: client(), server: server)
        var all: [Check] = [
            ("permissions", { [await checks.permissions(policy, to: caller)] }),
            (
                "image",
                {
                    do {
                        guard let image = try await subject.outlook.image() else {
                            return [Finding("image", .ok, "there is none yet; the run makes it")]
                        }
                        return [Finding("image", .ok, "\(image.name) (\(image.id))")]
                    } catch { return [Finding("image", error: error)] }
                }
            ),
        ]
        if subject.executor == "ssm" { all.append(("labhost shell", { [await shell()] })) }
        guard subject.creates else { return all }
        let requests = Result { try subject.outlook.requests(subject.schedule) }
        let counts = Result { try subject.outlook.offline(subject.schedule) }
        guard case .success(let requests) = requests, case .success(let counts) = counts else { return all }
        all.append(("quota of vCPUs", { await checks.processors(requests) }))
        all.append(("quota of storage", { await checks.storage(requests) }))
        let networks = counts.compactMap { $0?.counts["vpc"] }.max() ?? 0
        if networks > 0 { all.append(("quota of networks", { await checks.networks(networks) })) }
        return all
    }

    private func own(_ preflight: Outlook.Preflight) -> Check {
        (
            preflight.name,
            {
                do {
                    try await preflight.check()
                    return [Finding(preflight.name, .ok, "its own checks pass")]
                } catch { return [Finding(preflight.name, error: error)] }
            }
        )
    }

    /// Whether what `labhost shell` prints would run.
    private func shell() async -> Finding {
        var missing: [String] = []
        for (program, argument) in [("aws", "--version"), ("session-manager-plugin", "--version")] {
            let result = try? await seams.processes.run(ProcessInvocation(program, [argument])) { _ in }
            if result?.status != 0 { missing.append(program) }
        }
        guard !missing.isEmpty else { return Finding("labhost shell", .ok, "aws and session-manager-plugin are there") }
        return Finding(
            "labhost shell",
            .warning,
            "what it prints needs \(missing.joined(separator: " and ")); runs do without",
            remedy: "install the AWS command line and its Session Manager plugin"
        )
    }

    // MARK: Running

    /// Runs the checks side by side, and keeps their order.
    private func run(_ checks: [Check]) async -> [Finding] {
        await withTaskGroup(of: (Int, [Finding]).self) { group in
            for (index, check) in checks.enumerated() {
                group.addTask {
                    let (late, found) = await limited(check.name, nil as [Finding]?) {
                        let found = await check.look()
                        return (Finding(check.name, .ok, ""), found)
                    }
                    return (index, found ?? [late])
                }
            }
            var found: [Int: [Finding]] = [:]
            for await (index, findings) in group { found[index] = findings }
            return checks.indices.flatMap { found[$0] ?? [] }
        }
    }

    /// A check's outcome; a failure, and a value in its place, when it takes too long.
    private func limited<Value: Sendable>(
        _ name: String,
        _ otherwise: Value,
        _ look: @escaping @Sendable () async -> (Finding, Value)
    ) async -> (Finding, Value) {
        await withTaskGroup(of: (Finding, Value)?.self) { group in
            group.addTask { await look() }
            group.addTask {
                try? await seams.clock.sleep(limit)
                return nil
            }
            defer { group.cancelAll() }
            if let first = await group.next(), let outcome = first { return outcome }
            let text = "no answer within \(limit.components.seconds) s"
            return (
                Finding(name, .failed, text, remedy: "check the network, the proxy and AWS_ENDPOINT_URL"), otherwise
            )
        }
    }

    private func client() -> AWSClient {
        AWSClient(
            http: server,
            credentials: seams.credentials(cloud),
            cloud: cloud,
            environment: seams.environment,
            clock: seams.clock
        )
    }
}
