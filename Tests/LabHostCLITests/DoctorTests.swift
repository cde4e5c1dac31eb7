import AWS
import LabHost
import PluginAPI
import PluginTestKit
import SystemPackage
import Testing

@testable import LabHostCLI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct DoctorTests {
    /// An AWS that answers each action with a text, and its own time.
    private static func aws(
        date: String = "Thu, 09 Oct 2025 08:53:20 GMT",
        _ answers: [String: String]
    ) -> FakeHTTP {
        FakeHTTP { request in
            let body = String(decoding: request.body, as: UTF8.self)
            let target = request.headers.first { $0.name == "x-amz-target" }?.value.split(separator: ".").last
            let form = body.split(separator: "&").first { $0.hasPrefix("Action=") }?.dropFirst("Action=".count)
            let action = String(target ?? form ?? "")
            guard let answer = answers[action] else {
                let denied =
                    target == nil
                    ? "<R><Errors><Error><Code>AccessDenied</Code><Message>no</Message></Error></Errors></R>"
                    : #"{"__type": "AccessDeniedException", "message": "no"}"#
                return HTTPResponse(status: 403, headers: [.init("date", date)], body: Array(denied.utf8))
            }
            return HTTPResponse(status: 200, headers: [.init("date", date)], body: Array(answer.utf8))
        }
    }

    private static func identity(_ arn: String) -> [String: String] {
        [
            "GetCallerIdentity": "<R><GetCallerIdentityResult><Account>123456789012</Account><Arn>\(arn)</Arn>"
                + "</GetCallerIdentityResult></R>"
        ]
    }

    private static func simulation(_ decisions: [String: String]) -> [String: String] {
        let entries = decisions.map {
            "<member><EvalActionName>\($0)</EvalActionName><EvalDecision>\($1)</EvalDecision></member>"
        }
        return [
            "SimulatePrincipalPolicy": "<R><SimulatePrincipalPolicyResult><EvaluationResults>\(entries.joined())"
                + "</EvaluationResults></SimulatePrincipalPolicyResult></R>"
        ]
    }

    private static let user = "arn:aws:iam::123456789012:user/ann"

    private static func checks(_ http: FakeHTTP) -> AccountChecks {
        let clock = TestClock().labClock
        let server = ServerClock(http, clock: clock)
        let client = AWSClient(
            http: server,
            credentials: FixedCredentials(),
            cloud: CloudSettings(region: "us-west-2"),
            environment: [:],
            clock: clock,
            retry: RetryPolicy(maximumAttempts: 1)
        )
        return AccountChecks(client: client, server: server)
    }

    private static let policy = AccessPolicy(
        actions: ["ec2:DescribeVpcs", "ec2:RunInstances", "iam:PassRole"],
        project: "labhost",
        names: "exp-",
        bucket: nil
    )

    @Test func `a clock that is off is found, in either direction`() async {
        for (date, status, word) in [
            ("Thu, 09 Oct 2025 08:53:20 GMT", LabHostCLI.Finding.Status.ok, "ahead"),
            ("Thu, 09 Oct 2025 08:55:20 GMT", .failed, "behind"), ("Thu, 09 Oct 2025 08:51:20 GMT", .failed, "ahead"),
        ] {
            let checks = Self.checks(Self.aws(date: date, Self.identity(Self.user)))
            #expect(checks.clock().status == .unknown)
            let (identity, caller) = await checks.identity()
            #expect(identity.status == .ok)
            #expect(caller?.account == "123456789012")
            #expect(checks.clock().status == status)
            #expect(checks.clock().text.contains(word))
        }
    }

    @Test func `credentials that AWS refuses are a failure with its words`() async {
        let (finding, caller) = await Self.checks(Self.aws([:])).identity()
        #expect(finding.status == .failed)
        #expect(caller == nil)
        #expect(finding.cause?.contains("AccessDenied") == true)
        #expect(finding.remedy != nil)
    }

    @Test func `an action that is not allowed is named`() async throws {
        let allowed = Dictionary(uniqueKeysWithValues: Self.policy.actions.map { ($0, "allowed") })
        let caller = try #require(await Self.checks(Self.aws(Self.identity(Self.user))).identity().1)
        let well = await Self.checks(Self.aws(Self.simulation(allowed))).permissions(Self.policy, to: caller)
        #expect(well.status == .ok)
        let refused = allowed.merging(["iam:PassRole": "implicitDeny"]) { $1 }
        let ill = await Self.checks(Self.aws(Self.simulation(refused))).permissions(Self.policy, to: caller)
        #expect(ill.status == .failed)
        #expect(ill.cause == "iam:PassRole")
    }

    @Test(arguments: [
        "arn:aws:iam::123456789012:user/ann", "arn:aws:sts::123456789012:assumed-role/lab/me",
        "arn:aws:iam::123456789012:root",
        "arn:aws:sts::123456789012:federated-user/ann",
    ])
    func `what may not be simulated is unknown, and not well`(arn: String) async throws {
        let checks = Self.checks(Self.aws(Self.identity(arn)))
        let caller = try #require(await checks.identity().1)
        #expect(await checks.permissions(Self.policy, to: caller).status == .unknown)
    }

    @Test func `a quota that is too small fails, and one that may not be read is unknown`() async {
        let vpcs = "<R><vpcSet>\(String(repeating: "<item><vpcId>vpc-1</vpcId></item>", count: 5))</vpcSet></R>"
        func networks(_ quota: Double) async -> LabHostCLI.Finding.Status? {
            let http = Self.aws(["DescribeVpcs": vpcs, "GetServiceQuota": #"{"Quota":{"Value":\#(quota)}}"#])
            return await Self.checks(http).networks(1).first?.status
        }
        #expect(await networks(5) == .failed)
        #expect(await networks(6) == .ok)
        #expect(await Self.checks(Self.aws(["DescribeVpcs": vpcs])).networks(1).map(\.status) == [.unknown])
    }

    @Test func `a home that others may write to is a failure, and one that is not there is none`() throws {
        let folder = try TemporaryDirectory()
        func status(_ mode: Int) throws -> LabHostCLI.Finding.Status {
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder.path.string)
            return HomeChecks(home: folder.path).permissions().status
        }
        #expect(try status(0o700) == .ok)
        #expect(try status(0o750) == .warning)
        #expect(try status(0o770) == .failed)
        #expect(try status(0o700) == .ok)
        #expect(HomeChecks(home: folder.path.appending("a/b")).permissions().status == .ok)
        #expect(HomeChecks(home: folder.path.appending("a/b")).space().check == "disk")
        #expect(HomeChecks.space(499_999_999, at: "/").status == .failed)
        #expect(HomeChecks.space(500_000_000, at: "/").status == .ok)
    }

    private static func doctor(_ http: FakeHTTP, _ cloud: CloudSettings) -> Doctor {
        let clock = TestClock().labClock
        let server = ServerClock(http, clock: clock)
        let seams = Seams(
            http: server,
            processes: FakeProcesses(),
            credentials: { _ in FixedCredentials() },
            clock: clock,
            environment: [:]
        )
        return Doctor(cloud: cloud, seams: seams, server: server, home: "/nonexistent")
    }

    @Test func `a check that takes too long is a failure that says so`() async {
        let stuck = FakeHTTP { _ in
            try await Task.sleep(for: .seconds(3600))
            throw CancellationError()
        }
        let doctor = Self.doctor(stuck, CloudSettings(region: "us-west-2"))
        let findings = await doctor.findings(for: nil)
        let finding = findings.first { $0.check == "credentials" }
        #expect(finding?.status == .failed)
        #expect(finding?.text == "no answer within 20 s")
    }

    @Test func `without a region nobody is asked`() async {
        let http = FakeHTTP()
        let doctor = Self.doctor(http, CloudSettings())
        let findings = await doctor.findings(for: nil)
        #expect(findings.last?.check == "region")
        #expect(findings.last?.status == .failed)
        #expect(http.requests.isEmpty)
    }

    @Test func `what AWS says cannot control a terminal`() {
        let finding = LabHostCLI.Finding("image", .failed, "a\u{1b}[2Jb", cause: "c\u{1b}d\nsecond", remedy: "e\u{7}f")
        #expect(!finding.rendered.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        #expect(finding.rendered.split(separator: "\n").count == 4)
    }
}
