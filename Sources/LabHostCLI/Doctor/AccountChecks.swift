import AWS
import LabHost
import PluginAPI

/// Looks at an AWS account: who we are, what we may do, what there may be.
struct AccountChecks: Sendable {
    let client: AWSClient
    let server: ServerClock

    /// The most seconds that a clock may be off. AWS takes five minutes; terraform and packer are not as patient.
    static let mostSeconds = 60.0

    /// Whose credentials these are.
    func identity() async -> (Finding, CallerIdentity?) {
        do {
            let caller = try await STS(client).callerIdentity()
            return (Finding("credentials", .ok, "account \(caller.account) as \(caller.arn)"), caller)
        } catch {
            return (Finding("credentials", error: error), nil)
        }
    }

    /// Whether this machine's clock is right; AWS refuses calls that are signed at the wrong time.
    func clock() -> Finding {
        guard let seconds = server.seconds else {
            return Finding("clock", .unknown, "no server answered with its time")
        }
        let text =
            "this machine's clock is \(Figures.decimal(abs(seconds), places: 0)) s "
            + (seconds > 0 ? "behind" : "ahead of") + " the server's"
        guard abs(seconds) > Self.mostSeconds else { return Finding("clock", .ok, text) }
        return Finding("clock", .failed, text, remedy: "let it be set from the network: timedatectl set-ntp true")
    }

    /// Whether the policy is allowed.
    func permissions(_ policy: AccessPolicy, to caller: CallerIdentity) async -> Finding {
        let check = "permissions"
        do {
            guard let denied = try await PolicySimulation(client).denied(policy, to: caller) else {
                return Finding(check, .unknown, "IAM simulates for users and roles, and not for \(caller.arn)")
            }
            let count = policy.actions.count
            guard !denied.isEmpty else { return Finding(check, .ok, "all \(count) actions of the plan are allowed") }
            return Finding(
                check,
                .failed,
                "\(denied.count) of \(count) actions are not allowed to \(caller.arn)",
                cause: denied.joined(separator: "\n"),
                remedy: "attach what `labhost policy PLAN` prints"
            )
        } catch let error as AWSError where error.isDenied || error.isNotFound {
            return Finding(
                check,
                .unknown,
                "what \(caller.arn) may do could not be asked",
                cause: error.description,
                remedy: "allow iam:SimulatePrincipalPolicy (and for a role iam:GetRole) to whoever runs this check"
            )
        } catch {
            return Finding(check, error: LabError(aws: error, .preflight, while: "simulating the policy"))
        }
    }

    /// Whether the largest cluster's virtual CPUs fit.
    func processors(_ requests: [ProvisionRequest]) async -> [Finding] {
        let check = "quota of vCPUs"
        return await quotas(check) {
            var worst: [String: VCPUQuota] = [:]
            for request in Set(requests.map(Launch.init)) {
                for quota in try await VCPUQuotas(client).quotas(for: request.types, isSpot: request.isSpot) {
                    let key = "\(quota.family) \(quota.isSpot)"
                    if worst[key].map({ $0.wanted < quota.wanted }) ?? true { worst[key] = quota }
                }
            }
            let region = try client.region
            return worst.sorted { $0.key < $1.key }.map { _, quota in
                finding(check, quota.isEnough, quota.explained(in: region))
            }
        }
    }

    /// Whether the largest cluster's disks fit.
    func storage(_ requests: [ProvisionRequest]) async -> [Finding] {
        let check = "quota of storage"
        return await quotas(check) {
            var most: [String: Int] = [:]
            for request in requests {
                var sums: [String: Int] = [:]
                for disk in Billables.of(request, zone: nil) where disk.kind == "volume" {
                    sums[disk.attributes["volumeType"] ?? "", default: 0] += Int(disk.attributes["sizeGB"] ?? "") ?? 0
                }
                most.merge(sums) { max($0, $1) }
            }
            return try await RegionQuotas(client).storage(most).map { finding(check, $0.isEnough, text($0)) }
        }
    }

    /// Whether the cluster's network may be made.
    func networks(_ wanted: Int) async -> [Finding] {
        let check = "quota of networks"
        return await quotas(check) {
            try await RegionQuotas(client).networks(wanted).map { [finding(check, $0.isEnough, text($0))] } ?? []
        }
    }

    private func quotas(_ check: String, _ body: () async throws -> [Finding]) async -> [Finding] {
        do {
            let findings = try await body()
            return findings.isEmpty ? [Finding(check, .unknown, "Service Quotas does not say")] : findings
        } catch let error as AWSError where error.isDenied || error.isNotFound {
            return [Finding(check, error: LabError(aws: error, .preflight, while: "reading the quota"), .unknown)]
        } catch {
            return [Finding(check, error: LabError(aws: error, .preflight, while: "reading the quota"))]
        }
    }

    private func finding(_ check: String, _ isEnough: Bool, _ text: String) -> Finding {
        Finding(
            check,
            isEnough ? .ok : .failed,
            text,
            remedy: isEnough ? nil : "ask for more in Service Quotas, or delete what is not needed: labhost sweep"
        )
    }

    private func text(_ use: QuotaUse) -> String {
        func number(_ value: Double) -> String { Figures.decimal(value, places: 0) }
        return "the cluster needs \(number(use.wanted)) \(use.name): \(number(use.allowed)) are allowed, and "
            + "\(number(use.used)) of them are in use"
    }
}

/// What of a request counts for the quotas of virtual CPUs.
private struct Launch: Hashable {
    var types: [String: Int]
    var isSpot: Bool

    init(_ request: ProvisionRequest) {
        types = request.hosts.reduce(into: [:]) { $0[$1.instanceType, default: 0] += 1 }
        isSpot = request.spot != nil
    }
}
