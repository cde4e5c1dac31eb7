public import PluginAPI

/// A transport that counts the AWS calls that go through it, retries included, for “N AWS calls”.
///
/// Put it around the process's transport and hand it to the contexts.
public final class CallCounter: HTTPTransport, Sendable {
    private let base: any HTTPTransport
    private let counted = Locked<[String: Int]>([:])
    private let repeated = Locked(0)

    /// Counts what goes to `base`.
    public init(_ base: any HTTPTransport) { self.base = base }

    /// The calls so far, by `service:Action`.
    public var counts: [String: Int] { counted.withLock { $0 } }

    /// The calls so far.
    public var total: Int { counts.values.reduce(0, +) }

    /// How many of them were made again.
    public var retries: Int { repeated.withLock { $0 } }

    /// Counts a signed request, and sends it.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        if let name = Self.name(of: request) {
            counted.withLock { $0[name, default: 0] += 1 }
            if request.headers.contains(where: { $0.name == "amz-sdk-request" }) { repeated.withLock { $0 += 1 } }
        }
        return try await base.send(request)
    }

    /// `ec2:DescribeInstances`; nil for a request that is not signed.
    private static func name(of request: HTTPRequest) -> String? {
        func header(_ name: String) -> String? { request.headers.first { $0.name.lowercased() == name }?.value }
        guard let scope = header("authorization")?.split(separator: ",").first?.split(separator: "/"), scope.count > 3
        else { return nil }
        if let target = header("x-amz-target") { return "\(scope[3]):\(target.split(separator: ".").last ?? "")" }
        // The client writes the action first.
        let first = String(decoding: request.body.prefix(100).prefix { $0 != UInt8(ascii: "&") }, as: UTF8.self)
        return "\(scope[3]):\(first.hasPrefix("Action=") ? String(first.dropFirst(7)) : request.method)"
    }
}
