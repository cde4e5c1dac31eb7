import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import AWS

@Suite struct CredentialTests {
    /// A home directory with shared files.
    private func home(config: String? = nil, credentials: String? = nil) throws -> [String: String] {
        let home = FileManager.default.temporaryDirectory.appending(path: "labhost-\(UUID().uuidString)")
        let folder = home.appending(path: ".aws")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try config.map { try Data($0.utf8).write(to: folder.appending(path: "config")) }
        try credentials.map { try Data($0.utf8).write(to: folder.appending(path: "credentials")) }
        return ["HOME": home.path]
    }

    private func chain(
        _ environment: [String: String],
        profile: String? = nil,
        http: FakeHTTP = FakeHTTP(),
        processes: FakeProcesses = FakeProcesses(),
        clock: LabClock = TestClock().labClock
    ) -> CredentialChain {
        CredentialChain(profile: profile, environment: environment, http: http, processes: processes, clock: clock)
    }

    private func fault(_ environment: [String: String], profile: String? = nil) async -> LabError? {
        do {
            _ = try await chain(environment, profile: profile).credentials()
            return nil
        } catch {
            return error as? LabError
        }
    }

    @Test func takesTheEnvironmentFirstUnlessAProfileIsNamed() async throws {
        var environment = try home(credentials: "[default]\naws_access_key_id=D\naws_secret_access_key=d\n")
        environment["AWS_ACCESS_KEY_ID"] = "E"
        environment["AWS_SECRET_ACCESS_KEY"] = "e"
        environment["AWS_SESSION_TOKEN"] = "t"
        let first = try await chain(environment).credentials()
        #expect(first == AWSCredentials(accessKeyID: "E", secretAccessKey: "e", sessionToken: "t"))
        let named = try await chain(environment, profile: "default").credentials()
        #expect(named.accessKeyID == "D")
    }

    @Test func readsBothFilesAsTheToolsDo() async throws {
        var environment = try home(
            config: """
                # a comment
                [default]
                region = eu-west-1
                [profile lab]
                region = us-west-2   # where it is
                aws_access_key_id = FROMCONFIG
                s3 =
                  aws_access_key_id = NESTED
                [lab]
                region = not-read
                """,
            credentials: "[lab]\r\nAWS_ACCESS_KEY_ID = L\r\naws_secret_access_key = a#b/=+c\r\n"
        )
        environment["AWS_PROFILE"] = "lab"
        let found = try await chain(environment).credentials()
        #expect(found == AWSCredentials(accessKeyID: "L", secretAccessKey: "a#b/=+c"))
        #expect(try AWSRegion.resolve(plan: nil, profile: nil, environment: environment) == "us-west-2")
        #expect(try AWSRegion.resolve(plan: nil, profile: "default", environment: environment) == "eu-west-1")
        environment["AWS_DEFAULT_REGION"] = "ap-south-1"
        #expect(try AWSRegion.resolve(plan: nil, profile: nil, environment: environment) == "ap-south-1")
        environment["AWS_REGION"] = "sa-east-1"
        #expect(try AWSRegion.resolve(plan: nil, profile: nil, environment: environment) == "sa-east-1")
        #expect(try AWSRegion.resolve(plan: "ca-central-1", profile: nil, environment: environment) == "ca-central-1")
        environment["AWS_REGION"] = "evil.example/"
        #expect(throws: LabError.self) { try AWSRegion.resolve(plan: nil, profile: nil, environment: environment) }
    }

    @Test func findsFilesElsewhere() async throws {
        let home = try home(credentials: "[default]\naws_access_key_id=D\naws_secret_access_key=d\n")
        let path = "\(home["HOME"] ?? "")/.aws/credentials"
        let found = try await chain(["AWS_SHARED_CREDENTIALS_FILE": path]).credentials()
        #expect(found.accessKeyID == "D")
    }

    @Test func saysWhereItLooked() async throws {
        let environment = try home()
        let fault = await fault(environment)
        #expect(fault?.code == .preflight)
        #expect(fault?.cause?.contains("AWS_ACCESS_KEY_ID") == true)
        #expect(fault?.cause?.contains("\(environment["HOME"] ?? "")/.aws/credentials") == true)
        #expect(await self.fault([:])?.code == .preflight)
    }

    @Test func namesTheProfilesThereAre() async throws {
        let environment = try home(config: "[profile lab]\nregion=us-west-2\n[profile prod]\nregion=us-west-2\n")
        let fault = await fault(environment, profile: "lba")
        #expect(fault?.message == "there is no AWS profile “lba”")
        #expect(fault?.cause?.hasSuffix("have: lab, prod") == true)
    }

    @Test func refusesWhatTakesAPersonAndSaysWhatWorks() async throws {
        for keys in ["login_session = x", "role_arn = r\nsource_profile = a\nmfa_serial = arn:aws:iam::1:mfa/me"] {
            let fault = await fault(try home(config: "[profile lab]\n\(keys)\n"), profile: "lab")
            #expect(fault?.hint?.contains("aws configure export-credentials --profile lab") == true)
        }
    }

    @Test func refusesHalfAKey() async throws {
        #expect(await fault(["AWS_ACCESS_KEY_ID": "E"])?.message.hasPrefix("AWS_SECRET_ACCESS_KEY") == true)
        let environment = try home(credentials: "[default]\naws_access_key_id = D\n")
        #expect(await fault(environment)?.message.contains("one half") == true)
    }

    @Test func refusesAFileThatIsNone() async throws {
        let folder = try home()["HOME"] ?? ""
        #expect(await fault(["AWS_CONFIG_FILE": folder])?.message == "\(folder) cannot be read")
    }

    @Test func showsNoSecret() {
        let credentials = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "hush", sessionToken: "quiet")
        #expect("\(credentials)" == "AWSCredentials(AKID)")
        #expect(String(reflecting: credentials) == "AWSCredentials(AKID)")
    }

    // MARK: Caching

    private final class Place: CredentialPlace {
        let count = PluginTestKit.Locked(0)
        let expiration: Date?

        init(expiration: Date?) { self.expiration = expiration }

        var name: String { "a place" }

        func load() async throws -> AWSCredentials? {
            let number = count.withLock { count in
                count += 1
                return count
            }
            try await Task.sleep(for: .milliseconds(20))
            return AWSCredentials(accessKeyID: "\(number)", secretAccessKey: "s", expiration: expiration)
        }
    }

    @Test func looksOnceForAllWhoAsk() async throws {
        let place = Place(expiration: nil)
        let chain = CredentialChain(places: [place], clock: .system)
        let impatient = Task { try await chain.credentials() }
        impatient.cancel()  // must not take the answer away from the others
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<50 { group.addTask { try await chain.credentials().accessKeyID } }
            for try await id in group { #expect(id == "1") }
        }
        #expect(place.count.withLock { $0 } == 1)
    }

    @Test func looksAgainBeforeTheyEnd() async throws {
        let clock = TestClock()
        let place = Place(expiration: clock.labClock.now().addingTimeInterval(600))
        let chain = CredentialChain(places: [place], clock: clock.labClock)
        #expect(try await chain.credentials().accessKeyID == "1")
        clock.advance(by: .seconds(290))
        #expect(try await chain.credentials().accessKeyID == "1")
        clock.advance(by: .seconds(20))
        #expect(try await chain.credentials().accessKeyID == "2")
    }

    @Test func usesWhatCannotBeRenewedForAsLongAsItIsValid() async throws {
        struct Once: CredentialPlace {
            let expiration: Date
            let count = PluginTestKit.Locked(0)
            var name: String { "once" }
            func load() throws -> AWSCredentials? {
                let isFirst = count.withLock { count in
                    count += 1
                    return count == 1
                }
                guard isFirst else { throw LabError(.preflight, "gone") }
                return AWSCredentials(accessKeyID: "1", secretAccessKey: "s", expiration: expiration)
            }
        }
        let clock = TestClock()
        let chain = CredentialChain(
            places: [Once(expiration: clock.labClock.now().addingTimeInterval(600))],
            clock: clock.labClock
        )
        #expect(try await chain.credentials().accessKeyID == "1")
        clock.advance(by: .seconds(500))
        #expect(try await chain.credentials().accessKeyID == "1")
        clock.advance(by: .seconds(80))
        await #expect(throws: LabError.self) { try await chain.credentials() }
    }

    // MARK: Means

    private static let answer =
        #"{"AccessKeyId": "K", "SecretAccessKey": "s", "Token": "t", "Expiration": "2030-01-01T00:00:00Z"}"#
    private static let end = Date(timeIntervalSince1970: 1_893_456_000)
    private static let temporary = AWSCredentials(
        accessKeyID: "K",
        secretAccessKey: "s",
        sessionToken: "t",
        expiration: end
    )

    private static func assumed(_ action: String) -> HTTPResponse {
        let text = """
            <\(action)Response><\(action)Result><Credentials><AccessKeyId>K</AccessKeyId><SecretAccessKey>s</SecretAccessKey>\
            <SessionToken>t</SessionToken><Expiration>2030-01-01T00:00:00Z</Expiration></Credentials></\(action)Result>\
            </\(action)Response>
            """
        return HTTPResponse(status: 200, body: Array(text.utf8))
    }

    @Test func assumesARoleWithAnotherProfilesKeys() async throws {
        let environment = try home(
            config: """
                [profile lab]
                role_arn = arn:aws:iam::1:role/lab
                source_profile = base
                external_id = a b
                duration_seconds = 900
                role_session_name = me
                region = eu-west-1
                [profile base]
                aws_access_key_id = B
                aws_secret_access_key = b
                """
        )
        let http = FakeHTTP { _ in Self.assumed("AssumeRole") }
        #expect(try await chain(environment, profile: "lab", http: http).credentials() == Self.temporary)
        let request = try #require(http.requests.first)
        let form = String(decoding: request.body, as: UTF8.self)
        #expect(request.url == "https://sts.eu-west-1.amazonaws.com/")
        #expect(form.contains("Action=AssumeRole&") && form.contains("ExternalId=a%20b"))
        #expect(form.contains("DurationSeconds=900") && form.contains("RoleSessionName=me"))
        #expect(
            request.headers.contains { $0.name.lowercased() == "authorization" && $0.value.contains("Credential=B/") }
        )
    }

    @Test func followsProfilesButNotInACircle() async throws {
        let environment = try home(
            config: "[profile a]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = r\nsource_profile = a\n"
        )
        #expect(await fault(environment, profile: "a")?.message == "the AWS profiles go in a circle: a → b → a")
    }

    @Test func exchangesAWebIdentityWithoutASignature() async throws {
        var environment = try home(config: "")
        let token = "\(environment["HOME"] ?? "")/token"
        try Data("jwt.of.mine\n".utf8).write(to: URL(fileURLWithPath: token))
        environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = token
        environment["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/pod"
        environment["AWS_REGION"] = "us-east-2"
        let http = FakeHTTP { _ in Self.assumed("AssumeRoleWithWebIdentity") }
        #expect(try await chain(environment, http: http).credentials() == Self.temporary)
        let request = try #require(http.requests.first)
        #expect(request.url == "https://sts.us-east-2.amazonaws.com/")
        #expect(String(decoding: request.body, as: UTF8.self).contains("WebIdentityToken=jwt.of.mine"))
        #expect(!request.headers.contains { $0.name.lowercased() == "authorization" })
    }

    @Test func runsTheUsersOwnProgram() async throws {
        let environment = try home(
            config: "[profile lab]\ncredential_process = \"/opt/my tool\" get --for 'a b' c\\ d\n"
        )
        let processes = FakeProcesses { _ in
            let lines = [
                #"{"Version": 1, "AccessKeyId": "K", "SecretAccessKey": "s","#,
                #""SessionToken": "t", "Expiration": "2030-01-01T00:00:00+00:00"}"#,
            ]
            return (lines, ProcessResult(status: 0))
        }
        #expect(try await chain(environment, profile: "lab", processes: processes).credentials() == Self.temporary)
        #expect(processes.invocations.first?.executable == "/opt/my tool")
        #expect(processes.invocations.first?.arguments == ["get", "--for", "a b", "c d"])
        let broken = FakeProcesses { _ in (["secret stuff"], ProcessResult(status: 3, standardError: "vault is sealed"))
        }
        let error = await #expect(throws: LabError.self) {
            try await chain(environment, profile: "lab", processes: broken).credentials()
        }
        #expect(error?.cause == "vault is sealed")
        #expect(error?.description.contains("secret stuff") == false)
    }

    @Test func usesTheLoginOfIdentityCenter() async throws {
        let environment = try home(
            config: """
                [profile lab]
                sso_session = corp
                sso_account_id = 123456789012
                sso_role_name = Lab Role
                [sso-session corp]
                sso_region = eu-west-1
                sso_start_url = https://corp.awsapps.com/start
                """
        )
        let login = await fault(environment, profile: "lab")
        #expect(login?.hint == "aws sso login --profile lab")
        // The name is the SHA-1 of "corp", by the command sha1sum.
        let cache = "\(environment["HOME"] ?? "")/.aws/sso/cache"
        try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
        let token = #"{"accessToken": "tok", "expiresAt": "2026-06-01T00:00:00Z"}"#
        try Data(token.utf8).write(to: URL(fileURLWithPath: "\(cache)/ee0bfd2552fbd840c02cc48b6e823320543c450f.json"))
        let http = FakeHTTP { _ in
            let body =
                #"{"roleCredentials": {"accessKeyId": "K", "secretAccessKey": "s", "sessionToken": "t", "expiration": 1893456000000}}"#
            return HTTPResponse(status: 200, body: Array(body.utf8))
        }
        #expect(try await chain(environment, profile: "lab", http: http).credentials() == Self.temporary)
        let request = try #require(http.requests.first)
        #expect(
            request.url == "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?"
                + "role_name=Lab%20Role&account_id=123456789012"
        )
        #expect(request.headers.contains(.init("x-amz-sso_bearer_token", "tok")))
        let late = TestClock(start: Date(timeIntervalSince1970: 1_900_000_000)).labClock
        let expired = await #expect(throws: LabError.self) {
            try await chain(environment, profile: "lab", http: http, clock: late).credentials()
        }
        #expect(expired?.message == "the login for the AWS profile “lab” has expired")
    }

    @Test func asksTheContainerAndSendsItsTokenToNobodyElse() async throws {
        var environment = try home()
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://169.254.170.23/v1/credentials"
        environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "tok"
        let http = FakeHTTP { _ in HTTPResponse(status: 200, body: Array(Self.answer.utf8)) }
        #expect(try await chain(environment, http: http).credentials() == Self.temporary)
        #expect(http.requests.first?.headers == [.init("authorization", "tok")])
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://evil.example/"
        #expect(await fault(environment)?.message.contains("not this one") == true)
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "http://127.evil.example/"
        #expect(await fault(environment)?.message.contains("not this one") == true)
    }

    @Test func asksTheInstanceWithASessionOfItsOwn() async throws {
        let http = FakeHTTP { request in
            switch (request.method, request.url) {
            case ("PUT", "http://169.254.169.254/latest/api/token"): HTTPResponse(status: 200, body: Array("sess".utf8))
            case ("GET", "http://169.254.169.254/latest/meta-data/iam/security-credentials/"):
                HTTPResponse(status: 200, body: Array("lab-role\n".utf8))
            case ("GET", "http://169.254.169.254/latest/meta-data/iam/security-credentials/lab-role"):
                HTTPResponse(status: 200, body: Array(Self.answer.utf8))
            default: HTTPResponse(status: 404)
            }
        }
        #expect(try await chain(home(), http: http).credentials() == Self.temporary)
        #expect(http.requests.dropFirst().allSatisfy { $0.headers == [.init("x-aws-ec2-metadata-token", "sess")] })
        var environment = try home()
        environment["AWS_EC2_METADATA_DISABLED"] = "true"
        #expect(await fault(environment)?.message == "no AWS credentials were found")
    }

    @Test func `refused credentials are replaced by others of the same place`() async throws {
        let environment = try home(credentials: "[default]\naws_access_key_id=OLD\naws_secret_access_key=o\n")
        let chain = chain(environment)
        let old = try await chain.credentials()
        let error = await #expect(throws: LabError.self) { try await chain.renew(old) }
        #expect(error?.message == "the AWS credentials OLD have ended")
        #expect(await chain.mayChange)
        let file = try #require(environment["HOME"]) + "/.aws/credentials"
        try "[default]\naws_access_key_id=NEW\naws_secret_access_key=n\n"
            .write(toFile: file, atomically: true, encoding: .utf8)
        try await chain.renew(old)
        #expect(try await chain.credentials().accessKeyID == "NEW")
        // A second call that was refused with the old ones finds that others are there.
        try await chain.renew(old)
    }

    @Test func `all who were refused have the new ones, whoever of them asked first`() async throws {
        for _ in 0..<5 {
            let chain = CredentialChain(places: [Place(expiration: nil)], clock: .system)
            let old = try await chain.credentials()
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        try await chain.renew(old)
                        return try await chain.credentials().accessKeyID
                    }
                }
                for try await key in group { #expect(key == "2") }
            }
        }
    }

    @Test func `credentials of the environment stay what they are`() async throws {
        let chain = chain(["AWS_ACCESS_KEY_ID": "E", "AWS_SECRET_ACCESS_KEY": "e"])
        let given = try await chain.credentials()
        let error = await #expect(throws: LabError.self) { try await chain.renew(given) }
        #expect(error?.hint == "give new ones to a new process")
        #expect(await !chain.mayChange)
    }
}
