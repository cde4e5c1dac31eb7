/// An HTTP request.
public struct HTTPRequest: Sendable, Hashable {
    /// A header as sent; names are compared without regard to case.
    public struct Header: Sendable, Hashable {
        /// The field's name.
        public var name: String
        /// The field's value, on one line.
        public var value: String

        /// Makes a header.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The method, in capitals.
    public var method: String
    /// The absolute URL, percent-encoded as it is to be sent.
    public var url: String
    /// The headers, in order.
    public var headers: [Header]
    /// The body.
    public var body: [UInt8]
    /// How long the whole exchange may take.
    public var timeout: Duration

    /// Makes a request.
    public init(
        method: String = "GET",
        url: String,
        headers: [Header] = [],
        body: [UInt8] = [],
        timeout: Duration = .seconds(30)
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }
}

/// An HTTP response.
public struct HTTPResponse: Sendable, Hashable {
    /// The status code.
    public var status: Int
    /// The headers, in order.
    public var headers: [HTTPRequest.Header]
    /// The body.
    public var body: [UInt8]

    /// Makes a response.
    public init(status: Int, headers: [HTTPRequest.Header] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The first header of that name, without regard to case.
    public subscript(name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Sends HTTP requests.
public protocol HTTPTransport: Sendable {
    /// Sends one request and returns the response, whatever its status.
    ///
    /// - Throws: ``HTTPFailure`` when no response came; `CancellationError` as soon as the task is cancelled.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse
}

/// No response came.
public struct HTTPFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// How it failed, as far as the caller's next step depends on it.
    public enum Kind: Sendable, Hashable {
        /// The host's name has no address.
        case unresolved
        /// Nobody accepted the connection.
        case refused
        /// The time was over.
        case timedOut
        /// The peer's certificate was not accepted.
        case untrusted
        /// The connection broke.
        case lost
        /// Anything else.
        case other
    }

    /// How it failed.
    public var kind: Kind
    /// The transport's own words.
    public var description: String

    /// Makes a failure.
    public init(_ kind: Kind, _ description: String) {
        self.kind = kind
        self.description = description
    }
}
