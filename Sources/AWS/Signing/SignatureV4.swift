public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// AWS Signature Version 4 in the `Authorization` header: a pure function of a request, a scope and a moment.
///
/// Every header of the request is signed, but for those that a proxy may change or drop. The same intermediate texts as in
/// AWS's documentation are kept apart, so that a signature that is refused can be compared with AWS's own.
public struct SignatureV4: Sendable, Hashable {
    /// Whose signature.
    public var credentials: AWSCredentials
    /// The region in the scope: `us-east-1` for the global services.
    public var region: String
    /// The service in the scope: `ec2`, `ssm`, `iam`, `sts`, `s3`.
    public var service: String

    private static let unsigned: Set = [
        "authorization", "connection", "expect", "keep-alive", "proxy-authenticate", "proxy-authorization", "te",
        "trailer", "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id",
    ]

    /// Makes a signer.
    public init(credentials: AWSCredentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// The request with `host`, `x-amz-date`, `x-amz-security-token` where there is one, and `Authorization`.
    ///
    /// - Parameters:
    ///   - request: What to sign. An earlier signature in it is replaced.
    ///   - date: When it is signed; AWS accepts five minutes either way.
    /// - Returns: The request as it is to be sent.
    /// - Throws: ``HTTPFailure`` when its URL is not absolute.
    public func sign(_ request: HTTPRequest, at date: Date) throws -> HTTPRequest {
        guard let url = URLParts(request.url) else { throw HTTPFailure(.other, "“\(request.url)” is not a URL") }
        let timestamp = Timestamp(date)
        let payload = SHA256.hash(request.body).hexadecimal

        var signed = request
        let own: Set = ["authorization", "host", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]
        signed.headers.removeAll { own.contains($0.name.lowercased()) }
        signed.headers.append(.init("host", url.authority))
        signed.headers.append(.init("x-amz-date", timestamp.basic))
        if let token = credentials.sessionToken { signed.headers.append(.init("x-amz-security-token", token)) }
        if service == "s3" { signed.headers.append(.init("x-amz-content-sha256", payload)) }

        let headers = canonicalHeaders(signed.headers)
        let names = headers.map(\.name).joined(separator: ";")
        let canonical = canonicalRequest(signed.method, url, headers, names, payload)
        let scope = "\(timestamp.day)/\(region)/\(service)/aws4_request"
        let text = stringToSign(canonical, timestamp, scope)
        let signature = SHA256.authenticate(text.utf8, key: key(on: timestamp.day)).hexadecimal
        let credential = "Credential=\(credentials.accessKeyID)/\(scope)"
        signed.headers.append(
            .init("authorization", "AWS4-HMAC-SHA256 \(credential), SignedHeaders=\(names), Signature=\(signature)")
        )
        return signed
    }

    func canonicalRequest(
        _ method: String,
        _ url: URLParts,
        _ headers: [HTTPRequest.Header],
        _ names: String,
        _ payload: String
    ) -> String {
        let lines = headers.map { "\($0.name):\($0.value)\n" }.joined()
        return [method, canonicalPath(url.path), canonicalQuery(url.query), lines, names, payload]
            .joined(separator: "\n")
    }

    func stringToSign(_ canonical: String, _ timestamp: Timestamp, _ scope: String) -> String {
        let hash = SHA256.hash(canonical.utf8).hexadecimal
        return ["AWS4-HMAC-SHA256", timestamp.basic, scope, hash].joined(separator: "\n")
    }

    private func key(on day: String) -> [UInt8] {
        [day, region, service, "aws4_request"].reduce(Array("AWS4\(credentials.secretAccessKey)".utf8)) { key, part in
            SHA256.authenticate(part.utf8, key: key)
        }
    }

    /// The path as sent, encoded once more; S3 signs it as it is sent, with its dots and double slashes.
    private func canonicalPath(_ path: String) -> String {
        guard service != "s3" else { return path }
        return Self.withoutDots(path).percentEncoded(keepingSlashes: true)
    }

    /// The path with `.`, `..` and empty segments resolved, its last slash kept.
    private static func withoutDots(_ path: String) -> String {
        var kept: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = kept.popLast() } else { kept.append(segment) }
        }
        let joined = "/" + kept.joined(separator: "/")
        return path.hasSuffix("/") && !kept.isEmpty ? joined + "/" : joined
    }

    /// The query as sent, ordered by name and then value, byte by byte, a missing `=` put in.
    private func canonicalQuery(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: Array(parts[0].utf8), value: parts.count > 1 ? Array(parts[1].utf8) : [])
        }
        return
            pairs
            .sorted { $0.name == $1.name ? $0.value.precedes($1.value) : $0.name.precedes($1.name) }
            .map { String(decoding: $0.name + [UInt8(ascii: "=")] + $0.value, as: UTF8.self) }
            .joined(separator: "&")
    }

    /// Names in lower case and in order, values trimmed with inner blanks folded to one, repeated headers joined.
    private func canonicalHeaders(_ headers: [HTTPRequest.Header]) -> [HTTPRequest.Header] {
        var values: [String: [String]] = [:]
        for header in headers where !Self.unsigned.contains(header.name.lowercased()) {
            let folded = header.value.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r\n" }
            values[header.name.lowercased(), default: []].append(folded.joined(separator: " "))
        }
        return
            values
            .map { HTTPRequest.Header($0.key, $0.value.joined(separator: ",")) }
            .sorted { Array($0.name.utf8).precedes(Array($1.name.utf8)) }
    }
}

extension [UInt8] {
    /// Byte order; Swift's order of strings is that of Unicode.
    fileprivate func precedes(_ other: [UInt8]) -> Bool { lexicographicallyPrecedes(other) }
}
