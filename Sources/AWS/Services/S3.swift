public import PluginAPI

/// The S3 calls that LabHost makes: objects that live for the time of a transfer.
public struct S3: Sendable {
    private let client: AWSClient

    /// Makes the service for a plugin.
    public init(_ context: PluginContext) { client = AWSClient(context) }

    /// Looks whether a bucket is there, is in the client's region and is ours to use.
    ///
    /// - Throws: ``AWSError``; code `PermanentRedirect` for a bucket of another region.
    public func check(bucket: String) async throws {
        _ = try await keys(in: bucket, prefix: "labhost/", limit: 1)
    }

    /// Stores an object. S3 encrypts every object, with the bucket's key or its own ("Protecting data with server-side
    /// encryption" in the S3 user guide).
    ///
    /// - Throws: As ``AWSClient/rest(_:_:safety:)``.
    public func put(_ body: [UInt8], to key: String, in bucket: String) async throws {
        let call = RESTCall(
            "PUT",
            "PutObject",
            bucket: bucket,
            key: key,
            headers: [.init("content-type", "application/octet-stream")],
            body: body,
            timeout: .seconds(30 + body.count >> 20)
        )
        _ = try await client.rest(.s3, call, safety: .idempotent)
    }

    /// Fetches a part of an object.
    ///
    /// - Parameters:
    ///   - range: The bytes; none of them beyond the object's end.
    ///   - key: The object.
    ///   - bucket: Its bucket.
    /// - Returns: Those bytes.
    /// - Throws: As ``AWSClient/rest(_:_:safety:)``.
    public func get(_ range: Range<Int>, of key: String, in bucket: String) async throws -> [UInt8] {
        let call = RESTCall(
            "GET",
            "GetObject",
            bucket: bucket,
            key: key,
            headers: [.init("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")],
            timeout: .seconds(30 + range.count >> 17)
        )
        return try await client.rest(.s3, call, safety: .idempotent).body
    }

    /// Deletes an object; one that is not there is success.
    ///
    /// - Throws: As ``AWSClient/rest(_:_:safety:)``.
    public func delete(_ key: String, in bucket: String) async throws {
        let call = RESTCall("DELETE", "DeleteObject", bucket: bucket, key: key)
        _ = try await client.rest(.s3, call, safety: .idempotent)
    }

    /// The keys that begin with a prefix, all of them or the first few.
    ///
    /// - Throws: As ``AWSClient/rest(_:_:safety:)``.
    public func keys(in bucket: String, prefix: String, limit: Int = .max) async throws -> [String] {
        var keys: [String] = []
        var token: String?
        repeat {
            var query = [(name: "list-type", value: "2"), ("max-keys", "\(min(limit, 1000))"), ("prefix", prefix)]
            if let token { query.append(("continuation-token", token)) }
            let call = RESTCall("GET", "ListObjectsV2", bucket: bucket, query: query)
            let response = try await client.rest(.s3, call, safety: .idempotent)
            guard let root = XMLNode(response.body) else {
                throw AWSError(
                    service: "s3",
                    action: call.action,
                    code: "UnreadableReply",
                    message: "the list of \(bucket) cannot be read",
                    status: response.status
                )
            }
            keys += root.children.filter { $0.name == "Contents" }.compactMap { $0.text("Key") }
            let next = root.text("NextContinuationToken")
            token = next == token ? nil : next
        } while token != nil && keys.count < limit
        return keys
    }

    /// A URL with which a host can store an object by itself.
    ///
    /// - Throws: As ``AWSClient/presigned(_:_:for:)``.
    public func uploadURL(for key: String, in bucket: String, validFor validity: Duration) async throws -> String {
        try await client.presigned(.s3, RESTCall("PUT", "PutObject", bucket: bucket, key: key), for: validity)
    }

    /// A URL with which a host can fetch an object by itself.
    ///
    /// - Throws: As ``AWSClient/presigned(_:_:for:)``.
    public func downloadURL(for key: String, in bucket: String, validFor validity: Duration) async throws -> String {
        try await client.presigned(.s3, RESTCall("GET", "GetObject", bucket: bucket, key: key), for: validity)
    }
}
