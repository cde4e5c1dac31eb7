import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import AWS

@Suite struct AWSClientTests {
    private func client(
        _ http: FakeHTTP,
        clock: TestClock = TestClock(),
        random: Double = 0,
        cloud: CloudSettings = CloudSettings(region: "us-west-2")
    ) -> AWSClient {
        var lab = clock.labClock
        lab.random = { random }
        return AWSClient(.fake(cloud: cloud, http: http, clock: lab))
    }

    private func error(_ client: AWSClient, _ safety: CallSafety = .idempotent) async -> AWSError? {
        do {
            _ = try await client.query(.ec2, "DescribeVpcs", safety: safety)
            return nil
        } catch {
            return error as? AWSError
        }
    }

    @Test func writesFormsAndReadsReplies() async throws {
        let http = FakeAWS.http { _ in FakeAWS.ok("<R><vpcSet><item><vpcId>vpc-1</vpcId></item></vpcSet></R>") }
        var parameters: QueryParameters = ["DryRun": "false"]
        parameters.add([.init("tag:a b", ["c&d", "é"])])
        let reply = try await client(http).query(.ec2, "DescribeVpcs", parameters, safety: .idempotent)
        #expect(reply.items("vpcSet").first?.text("vpcId") == "vpc-1")
        let request = try #require(http.requests.first)
        #expect(request.url == "https://ec2.us-west-2.amazonaws.com/")
        #expect(
            String(decoding: request.body, as: UTF8.self)
                == "Action=DescribeVpcs&Version=2016-11-15&DryRun=false&Filter.1.Name=tag%3Aa%20b"
                + "&Filter.1.Value.1=c%26d&Filter.1.Value.2=%C3%A9"
        )
        #expect(request.headers.contains { $0.name == "authorization" })
    }

    @Test func repeatsWhatWasThrottledEvenWhenItIsNotSafe() async throws {
        for (code, status) in [("RequestLimitExceeded", 503), ("Throttling", 400), ("ThrottlingException", 400)] {
            let http = FakeAWS.http { $0.number < 3 ? FakeAWS.xmlError(code, status) : FakeAWS.ok() }
            #expect(await error(client(http), .once) == nil)
            #expect(http.requests.count == 4)
        }
    }

    @Test func `a call that is throttled again and again is made until its time is over`() async {
        let clock = TestClock()
        let http = FakeAWS.http { $0.number < 9 ? FakeAWS.xmlError("Throttling") : FakeAWS.ok() }
        #expect(await error(client(http, clock: clock), .once) == nil)
        #expect(http.requests.count == 10)
        let never = FakeAWS.http { _ in FakeAWS.xmlError("Throttling") }
        #expect(await error(client(never, clock: clock, random: 0.999), .once)?.code == "Throttling")
        #expect(never.requests.count > 6)
    }

    @Test func repeatsServerErrorsOnlyWhereThatIsSafe() async {
        for (safety, attempts) in [(CallSafety.idempotent, 6), (.once, 1)] {
            let http = FakeAWS.http { _ in FakeAWS.xmlError("InternalError", 500) }
            #expect(await error(client(http), safety)?.code == "InternalError")
            #expect(http.requests.count == attempts)
        }
    }

    @Test(arguments: [("InsufficientInstanceCapacity", 500), ("UnauthorizedOperation", 403), ("NotImplemented", 501)])
    func neverRepeats(_ code: String, _ status: Int) async {
        let http = FakeAWS.http { _ in FakeAWS.xmlError(code, status) }
        let error = await error(client(http))
        #expect(error?.code == code)
        #expect(error?.requestID == "req-1")
        #expect(error?.status == status)
        #expect(http.requests.count == 1)
    }

    @Test func repeatsLostConnectionsOnlyWhereThatIsSafe() async {
        let expected: [(HTTPFailure.Kind, CallSafety, Int)] = [
            (.refused, .once, 6), (.unresolved, .once, 6), (.lost, .idempotent, 6), (.timedOut, .idempotent, 6),
            (.lost, .once, 1), (.timedOut, .once, 1), (.untrusted, .idempotent, 1), (.other, .idempotent, 1),
        ]
        for (kind, safety, attempts) in expected {
            let http = FakeAWS.http { _ in throw HTTPFailure(kind, "words") }
            let error = await error(client(http), safety)
            #expect(error?.failure == kind)
            #expect(error?.message == "https://ec2.us-west-2.amazonaws.com/: words")
            #expect(http.requests.count == attempts, "\(kind) \(safety)")
        }
    }

    @Test func waitsLongerEachTimeAndNotPastItsLimit() async {
        let clock = TestClock()
        let http = FakeAWS.http { _ in FakeAWS.xmlError("InternalError", 500) }
        _ = await error(client(http, clock: clock, random: 0.5))
        // Half of 0.25, 0.5, 1, 2 and 4 seconds.
        #expect(clock.slept == .milliseconds(3875))

        let patient = TestClock()
        let long = client(http, clock: patient, random: 0.999).with(.init(maximumAttempts: 1000, limit: .seconds(60)))
        _ = await error(long)
        #expect(patient.slept > .seconds(40))
        #expect(patient.slept < .seconds(60))
    }

    @Test func waitsAsLongAsItIsAskedTo() async {
        let clock = TestClock()
        let http = FakeAWS.http {
            $0.number == 0 ? FakeAWS.xmlError("SlowDown", 503, headers: [.init("Retry-After", "7")]) : FakeAWS.ok()
        }
        #expect(await error(client(http, clock: clock)) == nil)
        #expect(clock.slept == .seconds(7))
    }

    @Test func correctsAClockThatIsOffOnce() async throws {
        let clock = TestClock(start: Date(timeIntervalSince1970: 1_440_930_000))
        let theirs = "Sun, 30 Aug 2015 12:36:00 GMT"
        let http = FakeAWS.http { _ in
            FakeAWS.xmlError("RequestExpired", headers: [.init("Date", theirs)])
        }
        let client = client(http, clock: clock)
        #expect(await error(client)?.code == "RequestExpired")
        let dates = http.requests.map { request in request.headers.first { $0.name == "x-amz-date" }?.value }
        #expect(dates == ["20150830T102000Z", "20150830T123600Z"])
        // What was learnt is kept for the next call.
        _ = await error(client)
        #expect(http.requests.last?.headers.first { $0.name == "x-amz-date" }?.value == "20150830T123600Z")
    }

    @Test(arguments: ["ExpiredToken", "RequestExpired"])
    func `a call refused for credentials that ended is made once more with others`(_ code: String) async throws {
        let source = ChangingCredentials()
        let http = FakeAWS.http { $0.number == 0 ? FakeAWS.xmlError(code) : FakeAWS.ok() }
        let client = AWSClient(.fake(http: http, credentials: source))
        _ = try await client.query(.ec2, "DescribeVpcs", safety: .idempotent)
        #expect(source.refused == ["FIRST"])
        let keys = http.requests.map { request in
            request.headers.first { $0.name == "authorization" }?.value.contains("Credential=SECOND/") == true
        }
        #expect(keys == [false, true])
    }

    @Test func readsJSONErrors() async {
        let http = FakeAWS.http { _ in FakeAWS.jsonError("InvalidInstanceId", "no such") }
        await #expect {
            try await SSM(.fake(http: http)).cancel("c")
        } throws: { error in
            let error = error as? AWSError
            return error?.code == "InvalidInstanceId" && error?.message == "no such" && error?.requestID == "req-2"
        }
    }

    @Test func saysWhatAProxyAnsweredInstead() async {
        let http = FakeAWS.http { _ in HTTPResponse(status: 403, body: Array("<html><br>Blocked  by\nproxy".utf8)) }
        let error = await error(client(http))
        #expect(error?.code == "HTTP 403")
        #expect(error?.message == "<html><br>Blocked by proxy")
        let unreadable = FakeAWS.http { _ in FakeAWS.ok("<html><br>Welcome") }
        #expect(await self.error(client(unreadable))?.code == "UnreadableReply")
    }

    @Test func needsARegion() async {
        let http = FakeAWS.http { _ in FakeAWS.ok() }
        await #expect {
            try await client(http, cloud: CloudSettings()).query(.ec2, "DescribeVpcs", safety: .idempotent)
        } throws: {
            ($0 as? LabError)?.code == .preflight
        }
        #expect(http.requests.isEmpty)
    }

    @Test func countsCalls() async throws {
        let counter = CallCounter(
            FakeAWS.http { call in
                call.action == "CancelCommand"
                    ? FakeAWS.ok("{}") : call.number == 0 ? FakeAWS.xmlError("Throttling") : FakeAWS.ok()
            }
        )
        let context = PluginContext.fake(http: counter)
        _ = try await AWSClient(context).query(.ec2, "DescribeVpcs", safety: .idempotent)
        try await SSM(context).cancel("c")
        _ = try? await counter.send(HTTPRequest(url: "http://not.aws/"))
        #expect(counter.counts == ["ec2:DescribeVpcs": 2, "ssm:CancelCommand": 1])
        #expect(counter.total == 3)
    }

    @Test func followsPagesToTheEnd() async throws {
        let http = FakeAWS.http { call in
            switch call.parameters["NextToken"] {
            case nil: FakeAWS.ok("<R><vpcSet><item><vpcId>1</vpcId></item></vpcSet><nextToken>a</nextToken></R>")
            case "a": FakeAWS.ok("<R><vpcSet/><nextToken>b</nextToken></R>")
            default: FakeAWS.ok("<R><vpcSet><item><vpcId>2</vpcId></item></vpcSet><nextToken/></R>")
            }
        }
        let entries = try await EC2(client(http)).describe("DescribeVpcs", list: "vpcSet")
        #expect(entries.compactMap { $0.text("vpcId") } == ["1", "2"])
        // A service that gives the same token again and again does not keep us for ever.
        let stuck = FakeAWS.http { _ in FakeAWS.ok("<R><vpcSet/><nextToken>a</nextToken></R>") }
        #expect(try await EC2(client(stuck)).describe("DescribeVpcs", list: "vpcSet") == [])
    }
}

@Suite struct EndpointTests {
    private func endpoint(
        _ service: AWSService,
        _ region: String = "eu-west-1",
        plan: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Endpoint {
        try Endpoint(service, region: region, cloud: CloudSettings(endpoint: plan), environment: environment)
    }

    @Test func findsAWSItself() throws {
        #expect(try endpoint(.ec2).url == "https://ec2.eu-west-1.amazonaws.com/")
        #expect(try endpoint(.sts).signingRegion == "eu-west-1")
        #expect(try endpoint(.iam).url == "https://iam.amazonaws.com/")
        #expect(try endpoint(.iam).signingRegion == "us-east-1")
        #expect(try endpoint(.ssm, "cn-north-1").url == "https://ssm.cn-north-1.amazonaws.com.cn/")
        #expect(try endpoint(.iam, "cn-northwest-1").signingRegion == "cn-north-1")
        #expect(try endpoint(.iam, "us-gov-east-1").url == "https://iam.us-gov.amazonaws.com/")
    }

    @Test func obeysThePlanThenTheServiceThenTheEnvironment() throws {
        let environment = ["AWS_ENDPOINT_URL": "http://all:1", "AWS_ENDPOINT_URL_EC2": "http://ec2:2/x"]
        #expect(try endpoint(.ec2, plan: "http://plan:3", environment: environment).url == "http://plan:3/")
        #expect(try endpoint(.ec2, environment: environment).url == "http://ec2:2/x/")
        #expect(try endpoint(.iam, environment: environment) == endpoint(.iam, plan: "http://all:1"))
        #expect(try endpoint(.iam, environment: environment).signingRegion == "us-east-1")
    }

    /// What botocore makes of the same settings.
    @Test(arguments: [
        ("ec2", "us-west-2", "dual", "ec2.us-west-2.api.aws"),
        ("ec2", "us-west-2", "fips", "ec2-fips.us-west-2.amazonaws.com"),
        ("ssm", "us-west-2", "fips dual", "ssm-fips.us-west-2.api.aws"),
        ("ec2", "us-gov-west-1", "fips", "ec2.us-gov-west-1.amazonaws.com"),
        ("sts", "us-gov-west-1", "fips dual", "sts-fips.us-gov-west-1.api.aws"),
        ("ssm", "cn-north-1", "dual", "ssm.cn-north-1.api.amazonwebservices.com.cn"),
        ("iam", "us-west-2", "fips", "iam-fips.amazonaws.com"), ("iam", "us-west-2", "dual", "iam.global.api.aws"),
        ("iam", "us-west-2", "fips dual", "iam-fips.global.api.aws"),
        ("iam", "us-gov-west-1", "fips", "iam.us-gov.amazonaws.com"),
        ("iam", "us-gov-west-1", "fips dual", "iam.us-gov.api.aws"),
        ("iam", "cn-north-1", "", "iam.cn-north-1.amazonaws.com.cn"),
        ("iam", "cn-north-1", "dual", "iam.global.api.amazonwebservices.com.cn"),
    ])
    func usesTheEndpointsOfTheKindAskedFor(name: String, region: String, kinds: String, host: String) throws {
        let services = ["ec2": AWSService.ec2, "ssm": .ssm, "sts": .sts, "iam": .iam]
        var environment: [String: String] = [:]
        if kinds.contains("fips") { environment["AWS_USE_FIPS_ENDPOINT"] = "true" }
        if kinds.contains("dual") { environment["AWS_USE_DUALSTACK_ENDPOINT"] = "true" }
        let service = try #require(services[name])
        let endpoint = try Endpoint(service, region: region, cloud: CloudSettings(), environment: environment)
        #expect(endpoint.url == "https://\(host)/")
    }

    @Test func refusesAKindThatIsNotThere() {
        #expect(throws: LabError.self) {
            try Endpoint(
                .ec2,
                region: "cn-north-1",
                cloud: CloudSettings(),
                environment: ["AWS_USE_FIPS_ENDPOINT": "true"]
            )
        }
    }

    @Test(arguments: ["nonsense", "ftp://x", "http://", "http://user:secret@host", "http://host?x=y"])
    func refusesWhatIsNoEndpoint(_ text: String) {
        #expect(throws: LabError.self) { try endpoint(.ec2, plan: text) }
    }

    @Test(arguments: ["", "us-west-2.evil.example/", "us_west_2", "US-WEST-2", "uswest", "-us-west-2"])
    func refusesWhatIsNoRegion(_ region: String) {
        #expect(throws: LabError.self) { try endpoint(.ec2, region) }
    }
}

/// Gives other credentials once the first were refused.
private final class ChangingCredentials: CredentialSource {
    private let state = PluginTestKit.Locked<[String]>([])

    var refused: [String] { state.withLock { $0 } }

    func credentials() async throws -> AWSCredentials {
        AWSCredentials(accessKeyID: refused.isEmpty ? "FIRST" : "SECOND", secretAccessKey: "secret")
    }

    func renew(_ refused: AWSCredentials) async throws { state.withLock { $0.append(refused.accessKeyID) } }
}
