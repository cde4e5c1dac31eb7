public import PluginAPI

/// A call in the REST protocol: a method on an object in a bucket, or on a bucket.
public struct RESTCall: Sendable {
    /// The method, in capitals.
    public var method: String
    /// The API's name for it, for errors and for the count of calls: `GetObject`.
    public var action: String
    /// The bucket.
    public var bucket: String
    /// The object's key; empty for the bucket itself.
    public var key: String
    /// The query, in order; names and values as they are.
    public var query: [(name: String, value: String)]
    /// Headers besides those of the signature.
    public var headers: [HTTPRequest.Header]
    /// The body.
    public var body: [UInt8]
    /// How long one attempt may take, when that is longer than usual.
    public var timeout: Duration

    /// Makes a call.
    public init(
        _ method: String,
        _ action: String,
        bucket: String,
        key: String = "",
        query: [(name: String, value: String)] = [],
        headers: [HTTPRequest.Header] = [],
        body: [UInt8] = [],
        timeout: Duration = .zero
    ) {
        self.method = method
        self.action = action
        self.bucket = bucket
        self.key = key
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.query = query
    }

    /// Where it goes: the bucket is a part of the host's name where it can be, and of the path at other endpoints, and for
    /// names with dots, which no certificate of AWS covers.
    func url(at endpoint: Endpoint) -> String {
        let isPath = !endpoint.isStandard || bucket.contains(".")
        let base =
            isPath
            ? "\(endpoint.url)\(bucket)/" : endpoint.url.replacing("://", with: "://\(bucket).", maxReplacements: 1)
        let query = query.map { "\($0.name.percentEncoded())=\($0.value.percentEncoded())" }.joined(separator: "&")
        return base + key.percentEncoded(keepingSlashes: true) + (query.isEmpty ? "" : "?" + query)
    }
}
