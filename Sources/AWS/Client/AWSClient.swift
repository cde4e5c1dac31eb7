public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Makes AWS calls: addressed, signed, repeated where that is safe, and read.
///
/// A value over a context's seams; copies share what was learnt about the clock and about AWS's limits. It looks at nothing before its first
/// call, so a plugin may make it in `init`.
public struct AWSClient: Sendable {
    private let http: any HTTPTransport
    private let credentials: any CredentialSource
    private let cloud: CloudSettings
    private let environment: [String: String]
    private let skew = Locked(0.0)
    private let pace = CallPace()
    private let quota = Locked(RetryQuota())

    /// Time, as waits see it.
    public let clock: LabClock
    /// How calls are repeated.
    public var retry: RetryPolicy
    /// How long one attempt may take.
    public var timeout: Duration = .seconds(30)

    /// Makes a client for a plugin.
    public init(_ context: PluginContext, retry: RetryPolicy = RetryPolicy()) {
        self.init(
            http: context.http,
            credentials: context.credentials,
            cloud: context.cloud,
            environment: context.environment,
            clock: context.clock,
            retry: retry
        )
    }

    /// Makes a client from its seams.
    public init(
        http: any HTTPTransport,
        credentials: any CredentialSource,
        cloud: CloudSettings,
        environment: [String: String],
        clock: LabClock,
        retry: RetryPolicy = RetryPolicy()
    ) {
        self.http = http
        self.credentials = credentials
        self.cloud = cloud
        self.environment = environment
        self.clock = clock
        self.retry = retry
    }

    /// The client with another policy.
    public func with(_ retry: RetryPolicy) -> AWSClient {
        var other = self
        other.retry = retry
        return other
    }

    /// The region that calls go to.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/preflight`` when nothing named one.
    public var region: String {
        get throws {
            guard let region = cloud.region, !region.isEmpty else { throw AWSRegion.missing }
            return region
        }
    }

    /// Makes a call in the query protocol.
    ///
    /// - Returns: The root of the reply.
    /// - Throws: ``AWSError`` when AWS refused or did not answer; ``LabError`` when there are no credentials or no
    ///   region; `CancellationError`.
    public func query(
        _ service: AWSService,
        _ action: String,
        _ parameters: QueryParameters = [:],
        safety: CallSafety
    ) async throws -> XMLNode {
        guard case .query(let version) = service.wire else { preconditionFailure("\(service.name) takes JSON") }
        var form = "Action=\(action)&Version=\(version)"
        if !parameters.pairs.isEmpty { form += "&" + parameters.form }
        let type = "application/x-www-form-urlencoded; charset=utf-8"
        let response = try await call(service, action, [.init("content-type", type)], Array(form.utf8), safety)
        guard let root = XMLNode(response.body) else { throw unreadable(service, action, response) }
        return root
    }

    /// Makes a call in the JSON protocol.
    ///
    /// - Returns: The reply.
    /// - Throws: As ``query(_:_:_:safety:)``.
    public func json<Reply: Decodable>(
        _ service: AWSService,
        _ action: String,
        _ input: some Encodable,
        safety: CallSafety,
        as type: Reply.Type = Reply.self
    ) async throws -> Reply {
        guard case .json(let target) = service.wire else { preconditionFailure("\(service.name) takes a form") }
        let headers: [HTTPRequest.Header] = [
            .init("content-type", "application/x-amz-json-1.1"), .init("x-amz-target", "\(target).\(action)"),
        ]
        let response = try await call(service, action, headers, Array(JSONEncoder().encode(input)), safety)
        let body = response.body.isEmpty ? Array("{}".utf8) : response.body
        do {
            return try JSONDecoder().decode(Reply.self, from: Data(body))
        } catch {
            throw unreadable(service, action, response)
        }
    }

    /// Makes a call in the REST protocol, which is S3's.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - call: What is sent where.
    ///   - safety: Whether it may be sent twice.
    /// - Returns: The response, of a status from 200 to 299.
    /// - Throws: As ``query(_:_:_:safety:)``.
    public func rest(_ service: AWSService, _ call: RESTCall, safety: CallSafety) async throws -> HTTPResponse {
        let endpoint = try endpoint(of: service)
        let request = HTTPRequest(
            method: call.method,
            url: call.url(at: endpoint),
            headers: call.headers,
            body: call.body,
            timeout: max(timeout, call.timeout)
        )
        return try await send(request, service, call.action, endpoint, safety)
    }

    /// A URL that lets a host make one call by itself, until it ends.
    ///
    /// - Parameters:
    ///   - service: The service.
    ///   - call: The method and the place.
    ///   - validity: How long it is good for, unless the credentials end before.
    /// - Returns: The URL; a secret.
    /// - Throws: ``LabError`` when there are no credentials or no region.
    public func presigned(_ service: AWSService, _ call: RESTCall, for validity: Duration) async throws -> String {
        let endpoint = try endpoint(of: service)
        return try await signer(service, endpoint)
            .presign(call.method, call.url(at: endpoint), at: signingTime, for: validity)
    }

    // MARK: The attempts

    private func endpoint(of service: AWSService) throws -> Endpoint {
        try Endpoint(service, region: region, cloud: cloud, environment: environment)
    }

    private func signer(_ service: AWSService, _ endpoint: Endpoint) async throws -> SignatureV4 {
        SignatureV4(
            credentials: try await credentials.credentials(),
            region: endpoint.signingRegion,
            service: service.name
        )
    }

    private var signingTime: Date { clock.now().addingTimeInterval(skew.withLock { $0 }) }

    private func call(
        _ service: AWSService,
        _ action: String,
        _ headers: [HTTPRequest.Header],
        _ body: [UInt8],
        _ safety: CallSafety
    ) async throws -> HTTPResponse {
        let endpoint = try endpoint(of: service)
        let request = HTTPRequest(method: "POST", url: endpoint.url, headers: headers, body: body, timeout: timeout)
        return try await send(request, service, action, endpoint, safety)
    }

    private func send(
        _ request: HTTPRequest,
        _ service: AWSService,
        _ action: String,
        _ endpoint: Endpoint,
        _ safety: CallSafety
    ) async throws -> HTTPResponse {
        var request = request
        request.headers.append(.init("user-agent", "labhost"))
        let name = "\(service.name):\(action)"
        var deadline = clock.uptime() + retry.limit
        var mayCorrectClock = true
        var mayRenew = true
        var attempts = 0
        var failures = 0
        var last: AWSError?
        while true {
            let turn = pace.wait(for: name, at: clock.uptime())
            if turn > .zero { try await clock.sleep(turn) }
            attempts += 1
            let signer = try await signer(service, endpoint)
            var attempted = request
            // As AWS's own SDKs tell which attempt it is.
            if attempts > 1 { attempted.headers.append(.init("amz-sdk-request", "attempt=\(attempts)")) }
            let (error, response) = try await attempt(attempted, service, action, signer)
            guard let error else {
                pace.succeeded(name)
                quota.withLock { $0.refund(last) }
                return response
            }
            if mayCorrectClock, correctClock(after: error, response) {
                mayCorrectClock = false
                continue
            }
            if error.isExpired, mayRenew {
                mayRenew = false
                let asked = clock.uptime()
                // AWS's own words say best what was wrong with those that cannot be replaced.
                do { try await credentials.renew(signer.credentials) } catch is LabError { throw error }
                // Waiting for somebody to log in is no time that AWS took.
                deadline += clock.uptime() - asked
                continue
            }
            // What was throttled was not carried out, and is held back by its pace: only time limits how often it is made again.
            if error.isThrottled { pace.slowDown(name) } else { failures += 1 }
            last = error
            guard retry.mayPass(error, safety), failures < retry.maximumAttempts, attempts < 5 * retry.maximumAttempts,
                quota.withLock({ $0.pay(for: error) })
            else { throw error }
            let asked = response["retry-after"].flatMap { Int($0) }.map { Duration.seconds(min($0, 30)) } ?? .zero
            let wait = max(retry.wait(after: attempts, random: clock.random()), asked)
            guard clock.uptime() + wait < deadline else { throw error }
            try await clock.sleep(wait)
        }
    }

    /// One attempt: what was wrong, if anything was, and the response, empty when none came.
    private func attempt(
        _ request: HTTPRequest,
        _ service: AWSService,
        _ action: String,
        _ signer: SignatureV4
    ) async throws -> (AWSError?, HTTPResponse) {
        let signed = try signer.sign(request, at: signingTime)
        do {
            let response = try await http.send(signed)
            let isGood = (200..<300).contains(response.status)
            return (isGood ? nil : AWSError(service, action, response), response)
        } catch let failure as HTTPFailure {
            let error = AWSError(
                service: service.name,
                action: action,
                code: "\(failure.kind)",
                message: "\(request.url): \(failure.description)",
                failure: failure.kind
            )
            return (error, HTTPResponse(status: 0))
        }
    }

    /// Learns how far this machine's clock is off from a refusal that it may have caused.
    private func correctClock(after error: AWSError, _ response: HTTPResponse) -> Bool {
        let codes: Set = [
            "RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture", "InvalidSignatureException",
            "SignatureDoesNotMatch", "AuthFailure",
        ]
        guard codes.contains(error.code), let theirs = response["date"].flatMap(Timestamp.init(http:)) else {
            return false
        }
        let difference = theirs.date.timeIntervalSince(clock.now())
        // AWS accepts five minutes; what is well inside them was not the cause.
        return skew.withLock { skew in
            guard abs(difference - skew) > 240 else { return false }
            skew = difference
            return true
        }
    }

    private func unreadable(_ service: AWSService, _ action: String, _ response: HTTPResponse) -> AWSError {
        AWSError(
            service: service.name,
            action: action,
            code: "UnreadableReply",
            message: "the reply is not what \(service.name) answers: \(response.excerpt)",
            status: response.status,
            requestID: response.requestID
        )
    }
}

extension HTTPResponse {
    /// The beginning of a body that nobody could read: a proxy's page, most of the time.
    fileprivate var excerpt: String {
        let text = String(decoding: body.prefix(200), as: UTF8.self)
        return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    fileprivate var requestID: String? { self["x-amzn-requestid"] ?? self["x-amz-request-id"] }
}

extension AWSError {
    /// Reads an error from a reply in any of the protocols.
    fileprivate init(_ service: AWSService, _ action: String, _ response: HTTPResponse) {
        self.init(service: service.name, action: action, code: "HTTP \(response.status)", message: response.excerpt)
        status = response.status
        requestID = response.requestID
        switch service.wire {
        case .query, .rest:
            guard let root = XMLNode(response.body) else { return }
            let error = root["Errors"]?["Error"] ?? root["Error"] ?? root
            code = error.text("Code") ?? code
            message = error.text("Message") ?? message
            requestID = root.text("RequestID") ?? root.text("RequestId") ?? requestID
        case .json:
            struct Body: Decodable {
                var __type: String?
                var message: String?
                var Message: String?
            }
            let body = try? JSONDecoder().decode(Body.self, from: Data(response.body))
            let type = body?.__type ?? response["x-amzn-errortype"]
            // `com.amazonaws.ssm#InvalidInstanceId`, `InvalidInstanceId:http://…`
            let name = type?.split(separator: "#").last?.split(separator: ":").first
            code = name.map(String.init) ?? code
            message = body?.message ?? body?.Message ?? (body == nil ? message : "")
        }
    }
}
