import AWS
import PluginAPI

/// The way through S3, for what is too much for Systems Manager: each transfer is an object for as long as it takes.
///
/// The hosts are given a URL that is good for one object and one hour, so they need no permission of their own.
struct BucketExchange: Sendable {
    /// The calls.
    let s3: S3
    /// The user's bucket.
    let bucket: String
    private let prefix: String
    private static let validity = Duration.seconds(3600)

    /// Makes the exchange of an experiment; its objects are below `labhost/` and the experiment's id.
    init(_ bucket: String, context: PluginContext) {
        s3 = S3(context)
        self.bucket = bucket
        prefix = "labhost/\(context.experiment)/"
    }

    /// Does something with an object of its own, which is deleted afterwards, also when the task is cancelled.
    func withObject<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let random = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined()
        let key = prefix + random
        do {
            let result = try await body(key)
            await delete(key)
            return result
        } catch {
            await delete(key)
            throw error
        }
    }

    /// A URL for the host to store the object with.
    func uploadURL(for key: String) async throws -> String {
        try await s3.uploadURL(for: key, in: bucket, validFor: Self.validity)
    }

    /// A URL for the host to fetch the object with.
    func downloadURL(for key: String) async throws -> String {
        try await s3.downloadURL(for: key, in: bucket, validFor: Self.validity)
    }

    /// Deletes every object of the experiment: those of transfers that were cut off.
    func deleteAll() async throws {
        for key in try await s3.keys(in: bucket, prefix: prefix) { try await s3.delete(key, in: bucket) }
    }

    /// What cannot be deleted now is deleted with everything else at the teardown, which says so when that fails, too.
    private func delete(_ key: String) async {
        await Task { try? await s3.delete(key, in: bucket) }.value
    }
}
