public import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Passes requests on, and remembers how far this machine's clock is from that of the server that answered last.
public final class ServerClock: HTTPTransport {
    private let http: any HTTPTransport
    private let clock: LabClock
    private let seen = Locked<Double?>(nil)

    /// Makes it over another transport.
    public init(_ http: any HTTPTransport, clock: LabClock = .system) {
        self.http = http
        self.clock = clock
    }

    /// By how many seconds the server's clock is ahead of ours, good to a second or so; nil before any has answered.
    public var seconds: Double? { seen.withLock { $0 } }

    /// Sends the request, and reads the `Date` of the response.
    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        let response = try await http.send(request)
        if let theirs = response["date"].flatMap(Timestamp.init(http:)) {
            let difference = theirs.date.timeIntervalSince(clock.now())
            seen.withLock { $0 = difference }
        }
        return response
    }
}
