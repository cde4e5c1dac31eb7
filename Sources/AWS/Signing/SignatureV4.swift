public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// AWS Signature Version 4, in the `Authorization` header or in the query: a pure function of a request, a scope and a
/// moment.
///
/// Every header of the request is signed, but for those that a proxy may change or drop. The same intermediate texts as in
/// AWS's documentation are kept apart, so that a signature that is refused can be compared with AWS's own.
public struct SignatureV4: Sendable, Hashable {
    /// What the signature says of the body.
    public enum Payload: Sendable, Hashable {
        /// Its hash is signed.
        case signed
        /// Nothing: `UNSIGNED-PAYLOAD`, which S3 alone takes, for bodies that are not known when they are signed.
        case unsigned
    }

    /// The longest that a URL may be valid: seven days.
    public static let longestValidity = Duration.seconds(604_800)

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
    ///   - payload: What is said of the body.
    ///   - signsToken: Whether the session token is signed; a few services want it added afterwards.
    /// - Returns: The request as it is to be sent.
    /// - Throws: ``HTTPFailure`` when its URL is not absolute.
    public func sign(
        _ request: HTTPRequest,
        at date: Date,
        payload: Payload = .signed,
        signsToken: Bool = true
    ) throws -> HTTPRequest {
        guard let url = URLParts(request.url) else { throw HTTPFailure(.other, "“\(request.url)” is not a URL") }
        let timestamp = Timestamp(date)
        let hash = payload == .signed ? SHA256.hash(request.body).hexadecimal : Self.unsignedPayload

        var signed = request
        let own: Set = ["authorization", "host", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"]
        signed.headers.removeAll { own.contains($0.name.lowercased()) }
        signed.headers.append(.init("host", url.authority))
        signed.headers.append(.init("x-amz-date", timestamp.basic))
        let token = credentials.sessionToken.map { HTTPRequest.Header("x-amz-security-token", $0) }
        if let token, signsToken { signed.headers.append(token) }
        if service == "s3" { signed.headers.append(.init("x-amz-content-sha256", hash)) }

        let headers = canonicalHeaders(signed.headers)
        let names = headers.map(\.name).joined(separator: ";")
        let canonical = canonicalRequest(signed.method, url, headers, names, hash)
        let credential = "Credential=\(credentials.accessKeyID)/\(scope(on: timestamp))"
        let signature = signature(of: canonical, at: timestamp)
        signed.headers.append(
            .init("authorization", "AWS4-HMAC-SHA256 \(credential), SignedHeaders=\(names), Signature=\(signature)")
        )
        if let token, !signsToken { signed.headers.append(token) }
        return signed
    }

    /// A URL that lets whoever has it make one request, until it ends.
    ///
    /// It is as good as the credentials for that one request: treat it as a secret.
    ///
    /// - Parameters:
    ///   - method: The method, in capitals.
    ///   - url: The absolute URL, with the query that is to be signed with it.
    ///   - date: When it begins to be valid.
    ///   - validity: How long it is; at most ``longestValidity``, and never longer than the credentials live.
    ///   - signsToken: Whether the session token is signed; a few services want it added afterwards.
    /// - Returns: The URL with `X-Amz-Signature`.
    /// - Throws: ``HTTPFailure`` when the URL is not absolute, or the time is too long.
    public func presign(
        _ method: String,
        _ url: String,
        at date: Date,
        for validity: Duration,
        signsToken: Bool = true
    ) throws -> String {
        guard var parts = URLParts(url) else { throw HTTPFailure(.other, "“\(url)” is not a URL") }
        guard validity >= .seconds(1), validity <= Self.longestValidity else {
            throw HTTPFailure(.other, "a URL cannot be valid for \(validity.components.seconds) s")
        }
        let timestamp = Timestamp(date)
        var pairs = [
            ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
            ("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope(on: timestamp))"),
            ("X-Amz-Date", timestamp.basic), ("X-Amz-Expires", "\(validity.components.seconds)"),
            ("X-Amz-SignedHeaders", "host"),
        ]
        let token = credentials.sessionToken.map { ("X-Amz-Security-Token", $0) }
        if let token, signsToken { pairs.append(token) }
        func text(_ pair: (String, String)) -> String { "\(pair.0)=\(pair.1.percentEncoded())" }
        parts.query = ([parts.query].filter { !$0.isEmpty } + pairs.map(text)).joined(separator: "&")
        let hash = service == "s3" ? Self.unsignedPayload : SHA256.hash([]).hexadecimal
        let host = [HTTPRequest.Header("host", parts.authority)]
        let signature = signature(of: canonicalRequest(method, parts, host, "host", hash), at: timestamp)
        let late = signsToken ? "" : token.map { "&" + text($0) } ?? ""
        return "\(parts.scheme)://\(parts.authority)\(parts.path)?\(parts.query)&X-Amz-Signature=\(signature)\(late)"
    }

    private static let unsignedPayload = "UNSIGNED-PAYLOAD"

    private func scope(on timestamp: Timestamp) -> String { "\(timestamp.day)/\(region)/\(service)/aws4_request" }

    private func signature(of canonical: String, at timestamp: Timestamp) -> String {
        let text = stringToSign(canonical, timestamp, scope(on: timestamp))
        return SHA256.authenticate(text.utf8, key: key(on: timestamp.day)).hexadecimal
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
