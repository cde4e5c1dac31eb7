import Foundation
import PluginAPI
import Testing

@testable import AWS

@Suite struct SignatureTests {
    struct Case: Decodable, CustomTestStringConvertible {
        var name, method, url, body, service, region, authorization: String
        var headers: [[String]]
        var token: String?

        var testDescription: String { name }
    }

    /// What botocore signs, by `Fixtures/make_signatures.py`.
    static let cases: [Case] = {
        guard let url = Bundle.module.url(forResource: "signatures", withExtension: "json", subdirectory: "Fixtures"),
            let data = try? Data(contentsOf: url)
        else { return [] }
        return (try? JSONDecoder().decode([Case].self, from: data)) ?? []
    }()

    @Test func thereAreCases() { #expect(Self.cases.count == 91) }

    @Test(arguments: cases)
    func signsAsBotocoreDoes(_ test: Case) throws {
        let signer = SignatureV4(
            credentials: AWSCredentials(
                accessKeyID: "AKIDEXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                sessionToken: test.token
            ),
            region: test.region,
            service: test.service
        )
        let request = HTTPRequest(
            method: test.method,
            url: test.url,
            headers: test.headers.map { .init($0[0], $0[1]) },
            body: Array(test.body.utf8)
        )
        // 2015-08-30T12:36:00Z, the moment of AWS's published cases.
        let signed = try signer.sign(request, at: Date(timeIntervalSince1970: 1_440_938_160))
        let given = signed.headers.first { $0.name == "authorization" }?.value
        #expect(given == test.authorization)
    }

    @Test func signingAgainReplacesTheSignature() throws {
        let signer = SignatureV4(
            credentials: AWSCredentials(accessKeyID: "A", secretAccessKey: "B", sessionToken: "C"),
            region: "us-east-1",
            service: "iam"
        )
        let moment = Date(timeIntervalSince1970: 1_440_938_160)
        let once = try signer.sign(HTTPRequest(url: "https://iam.amazonaws.com/"), at: moment)
        #expect(try signer.sign(once, at: moment) == once)
    }

    @Test func refusesWhatIsNoURL() {
        let signer = SignatureV4(
            credentials: AWSCredentials(accessKeyID: "A", secretAccessKey: "B"),
            region: "us-east-1",
            service: "iam"
        )
        for url in ["", "iam.amazonaws.com", "ftp://x/", "https:///path", "https://user@host/"] {
            #expect(throws: HTTPFailure.self) { try signer.sign(HTTPRequest(url: url), at: Date()) }
        }
    }
}

@Suite struct TimestampTests {
    @Test(arguments: [
        (0, "19700101T000000Z"), (1_440_938_160, "20150830T123600Z"), (951_826_332, "20000229T121212Z"),
        (4_107_542_399, "21000228T235959Z"), (4_107_542_400, "21000301T000000Z"), (-1, "19691231T235959Z"),
    ])
    func writesAndReads(seconds: Int, text: String) {
        #expect(Timestamp(seconds: seconds).basic == text)
        #expect(Timestamp(iso: text)?.seconds == seconds)
    }

    @Test func readsAnyDayThatItWrites() {
        for day in stride(from: -200_000, through: 200_000, by: 13) {
            let timestamp = Timestamp(seconds: day * 86_400 + 4242)
            #expect(Timestamp(iso: timestamp.basic) == timestamp)
        }
    }

    @Test func readsHTTPDates() {
        #expect(Timestamp(http: "Sun, 06 Nov 1994 08:49:37 GMT")?.basic == "19941106T084937Z")
        #expect(Timestamp(iso: "2026-01-02T03:04:05.678Z")?.basic == "20260102T030405Z")
        for text in ["", "yesterday", "Sun, 99 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 PST"] {
            #expect(Timestamp(http: text) == nil)
        }
        #expect(Timestamp(iso: "2026-13-02T03:04:05Z") == nil)
    }
}
