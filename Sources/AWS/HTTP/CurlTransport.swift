public import PluginAPI

/// HTTP on one libcurl multi handle, driven by one thread of its own.
///
/// Nothing blocks the cooperative pool: ``send(_:)`` suspends until the thread has the answer. Connections are kept
/// and shared by all requests of one transport, with HTTP/2 where the server offers it. Certificates are verified.
/// Proxies are libcurl's own business (`https_proxy`, `no_proxy` and their like). Redirects are not followed: AWS
/// answers none that a signed request may follow.
///
/// Make one for the process and share it. The thread ends when the last reference is gone; requests still waiting
/// then cannot exist, because each holds the transport.
public final class CurlTransport: HTTPTransport, Sendable {
    /// What holds for every request of a transport.
    public struct Settings: Sendable, Hashable {
        /// A PEM file of accepted authorities; nil for the system's own.
        public var authorities: String?
        /// The longest response body that is accepted, in bytes.
        public var maximumResponseBytes: Int
        /// How long a connection may take to be made.
        public var connectTimeout: Duration

        /// Makes settings.
        public init(
            authorities: String? = nil,
            maximumResponseBytes: Int = 64 << 20,
            connectTimeout: Duration = .seconds(10)
        ) {
            self.authorities = authorities
            self.maximumResponseBytes = maximumResponseBytes
            self.connectTimeout = connectTimeout
        }

        /// The settings that the environment asks for: `AWS_CA_BUNDLE`, else `SSL_CERT_FILE`.
        public init(environment: [String: String]) {
            let named = ["AWS_CA_BUNDLE", "SSL_CERT_FILE"].lazy.compactMap { environment[$0] }
            self.init(authorities: named.first { !$0.isEmpty })
        }
    }

    private let loop: CurlLoop

    /// Starts the transport's thread.
    ///
    /// - Throws: ``HTTPFailure`` when libcurl or the thread cannot be started.
    public init(_ settings: Settings = Settings()) throws { loop = try CurlLoop(settings) }

    /// Starts the transport's thread with the settings that the environment asks for.
    ///
    /// - Throws: ``HTTPFailure`` when libcurl or the thread cannot be started.
    public convenience init(environment: [String: String]) throws { try self.init(Settings(environment: environment)) }

    deinit { loop.stop() }

    /// Sends one request and returns the response, whatever its status.
    ///
    /// - Throws: ``HTTPFailure`` when the request cannot be sent as it is or no whole response came;
    ///   `CancellationError` as soon as the task is cancelled.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        try request.checkFraming()
        let ticket = CurlTicket(request)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { loop.submit(ticket, $0) }
        } onCancel: {
            loop.cancel(ticket)
        }
    }
}

extension HTTPRequest {
    /// Refuses what would end a line early and so smuggle a header or a second request.
    func checkFraming() throws {
        func isToken(_ text: String) -> Bool {
            !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
        }
        guard isToken(method) else { throw HTTPFailure(.other, "“\(method)” is not an HTTP method") }
        guard !url.isEmpty, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw HTTPFailure(.other, "the URL holds characters that must be percent-encoded")
        }
        for header in headers {
            guard isToken(header.name) else { throw HTTPFailure(.other, "“\(header.name)” is not a header's name") }
            guard header.value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }) else {
                throw HTTPFailure(.other, "the header \(header.name) holds a control character")
            }
        }
    }
}
