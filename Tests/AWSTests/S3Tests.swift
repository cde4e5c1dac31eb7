import PluginAPI
import PluginTestKit
import Testing

@testable import AWS

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite struct S3Tests {
    private func s3(_ http: FakeHTTP, endpoint: String? = nil) -> S3 {
        S3(.fake(cloud: CloudSettings(region: "us-west-2", endpoint: endpoint), http: http))
    }

    @Test func `a URL is presigned as in AWS's documentation`() throws {
        let signer = SignatureV4(
            credentials: AWSCredentials(
                accessKeyID: "AKIAIOSFODNN7EXAMPLE",
                secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
            ),
            region: "us-east-1",
            service: "s3"
        )
        let url = try signer.presign(
            "GET",
            "https://examplebucket.s3.amazonaws.com/test.txt",
            at: Date(timeIntervalSince1970: 1_369_353_600),
            for: .seconds(86_400)
        )
        // "Authenticating Requests: Using Query Parameters" in the S3 API reference.
        #expect(url.hasSuffix("X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
    }

    @Test func `a token that is added afterwards changes no signature`() throws {
        let signer = SignatureV4(
            credentials: AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret", sessionToken: "a/token"),
            region: "us-east-1",
            service: "iotdevicegateway"
        )
        var bare = signer
        bare.credentials.sessionToken = nil
        let now = Date(timeIntervalSince1970: 1_440_938_160)
        let late = try signer.presign("GET", "https://example.com/mqtt", at: now, for: .seconds(60), signsToken: false)
        let plain = try bare.presign("GET", "https://example.com/mqtt", at: now, for: .seconds(60))
        #expect(late == plain + "&X-Amz-Security-Token=a%2Ftoken")
        let request = HTTPRequest(url: "https://example.com/")
        let header = try signer.sign(request, at: now, signsToken: false).headers
        #expect(header.dropLast() == (try bare.sign(request, at: now).headers)[...])
        #expect(header.last == .init("x-amz-security-token", "a/token"))
    }

    @Test func `no URL is valid for longer than seven days`() {
        let signer = SignatureV4(
            credentials: AWSCredentials(accessKeyID: "AKID", secretAccessKey: "secret"),
            region: "us-east-1",
            service: "s3"
        )
        for validity in [Duration.zero, .seconds(604_801)] {
            #expect(throws: HTTPFailure.self) { try signer.presign("GET", "https://a.b/", at: Date(), for: validity) }
        }
    }

    @Test(arguments: [
        ("bucket", nil, "https://bucket.s3.us-west-2.amazonaws.com/a%20b/%C3%A9"),
        ("dotted.bucket", nil, "https://s3.us-west-2.amazonaws.com/dotted.bucket/a%20b/%C3%A9"),
        ("bucket", "http://localhost:5000", "http://localhost:5000/bucket/a%20b/%C3%A9"),
    ])
    func `a bucket is addressed by its host's name where it can be`(
        _ bucket: String,
        _ endpoint: String?,
        _ url: String
    ) async throws {
        let http = FakeHTTP { _ in HTTPResponse(status: 200) }
        try await s3(http, endpoint: endpoint).put([1, 2], to: "a b/é", in: bucket)
        #expect(http.requests.map(\.url) == [url])
        #expect(http.requests.first?.body == [1, 2])
    }

    @Test func `a long list is read to its end`() async throws {
        let http = FakeHTTP { request in
            let isSecond = request.url.contains("continuation-token=t%2F1")
            let next = isSecond ? "" : "<NextContinuationToken>t/1</NextContinuationToken>"
            let key = isSecond ? "b" : "a &amp; b"
            let body = "<ListBucketResult>\(next)<Contents><Key>\(key)</Key></Contents></ListBucketResult>"
            return HTTPResponse(status: 200, body: Array(body.utf8))
        }
        #expect(try await s3(http).keys(in: "bucket", prefix: "p/") == ["a & b", "b"])
        #expect(http.requests.count == 2)
    }

    @Test func `a bucket of another region is refused in words`() async throws {
        let http = FakeHTTP { _ in
            let body = "<Error><Code>PermanentRedirect</Code><Message>The bucket is elsewhere</Message></Error>"
            return HTTPResponse(status: 301, body: Array(body.utf8))
        }
        let error = await #expect(throws: AWSError.self) { try await s3(http).check(bucket: "bucket") }
        #expect(error?.code == "PermanentRedirect")
        #expect(error?.hint?.contains("region") == true)
        #expect(http.requests.count == 1)
    }
}
