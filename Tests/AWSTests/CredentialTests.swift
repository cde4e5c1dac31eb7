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

    private func fault(_ environment: [String: String], profile: String? = nil) async -> LabError? {
        do {
            _ = try await CredentialChain(profile: profile, environment: environment).credentials()
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
        let first = try await CredentialChain(environment: environment).credentials()
        #expect(first == AWSCredentials(accessKeyID: "E", secretAccessKey: "e", sessionToken: "t"))
        let named = try await CredentialChain(profile: "default", environment: environment).credentials()
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
        let found = try await CredentialChain(environment: environment).credentials()
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
        let found = try await CredentialChain(environment: ["AWS_SHARED_CREDENTIALS_FILE": path]).credentials()
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

    @Test(arguments: ["role_arn = arn:aws:iam::1:role/x", "credential_process = /bin/x", "sso_session = corp"])
    func refusesWhatItCannotFollowYetAndSaysWhatWorks(_ line: String) async throws {
        let environment = try home(config: "[profile lab]\n\(line)\n")
        let fault = await fault(environment, profile: "lab")
        #expect(fault?.message.hasSuffix("which is not supported yet") == true)
        #expect(fault?.hint?.contains("aws configure export-credentials --profile lab") == true)
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
        clock.advance(by: .seconds(530))
        #expect(try await chain.credentials().accessKeyID == "1")
        clock.advance(by: .seconds(20))
        #expect(try await chain.credentials().accessKeyID == "2")
    }
}
