import Foundation
import PluginAPI
import PluginTestKit
import Testing

@testable import AWS

@Suite struct CurlTransportTests {
    @Test func sendsWhatItIsGivenAndNothingElse() async throws {
        let seen = PluginTestKit.Locked<[LoopbackServer.Request]>([])
        let server = try LoopbackServer { request in
            seen.withLock { $0.append(request) }
            return LoopbackServer.ok("hello", headers: "X-One: 1\r\nx-two:  2 \r\n")
        }
        let curl = try CurlTransport()
        let request = HTTPRequest(
            method: "POST",
            url: "\(server.url)/a%20b?c=d",
            headers: [.init("X-A", "b"), .init("X-Empty", "")],
            body: Array("body\u{0}with a nul".utf8)
        )
        let response = try await curl.send(request)
        #expect(response.status == 200)
        #expect(response.body == Array("hello".utf8))
        #expect(response["x-ONE"] == "1")
        #expect(response["X-Two"] == "2")

        let got = try #require(seen.withLock { $0.first })
        #expect(got.line == "POST /a%20b?c=d HTTP/1.1")
        #expect(got.body == request.body)
        let names = got.headers.map { $0.prefix { $0 != ":" }.lowercased() }
        #expect(Set(names) == ["host", "accept", "x-a", "x-empty", "content-length"])
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "POST"])
    func usesEveryMethod(_ method: String) async throws {
        let server = try LoopbackServer { request in
            request.line.hasPrefix("HEAD")
                ? .send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\nX-Line: \(request.line)\r\n\r\n")
                : LoopbackServer.ok("", headers: "X-Line: \(request.line)\r\n")
        }
        let response = try await CurlTransport().send(HTTPRequest(method: method, url: "\(server.url)/x"))
        #expect(response["x-line"] == "\(method) /x HTTP/1.1")
    }

    @Test func keepsConnections() async throws {
        let server = try LoopbackServer { LoopbackServer.ok(String(decoding: $0.body, as: UTF8.self)) }
        let curl = try CurlTransport()
        for number in 0..<50 {
            let body = Array("\(number)".utf8)
            let response = try await curl.send(HTTPRequest(method: "POST", url: server.url, body: body))
            #expect(response.body == body)
        }
        #expect(server.connectionCount == 1)
    }

    @Test func servesManyAtOnce() async throws {
        // Nobody is answered before four are waiting: requests sent one after the other would never be.
        let waiting = PluginTestKit.Locked(0)
        let server = try LoopbackServer { request in
            waiting.withLock { $0 += 1 }
            while waiting.withLock({ $0 }) < 4 { sched_yield() }
            return LoopbackServer.ok(request.path)
        }
        let curl = try CurlTransport()
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let response = try await curl.send(HTTPRequest(url: "\(server.url)/\(number)"))
                    return response.body == Array("/\(number)".utf8)
                }
            }
            for try await isRight in group { #expect(isRight) }
        }
    }

    @Test func leavesRedirectsAndErrorStatusesToTheCaller() async throws {
        let server = try LoopbackServer { request in
            request.path == "/moved"
                ? .send("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
                : .send("HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy")
        }
        let curl = try CurlTransport()
        let moved = try await curl.send(HTTPRequest(url: "\(server.url)/moved"))
        #expect(moved.status == 302)
        #expect(moved["location"] == "/elsewhere")
        let busy = try await curl.send(HTTPRequest(url: "\(server.url)/busy"))
        #expect(busy.status == 503)
        #expect(busy.body == Array("busy".utf8))
    }

    @Test func forgetsInterimResponses() async throws {
        let server = try LoopbackServer { _ in
            .send("HTTP/1.1 103 Early\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Late: 1\r\n\r\n")
        }
        let response = try await CurlTransport().send(HTTPRequest(url: server.url))
        #expect(response.status == 200)
        #expect(response["x-early"] == nil)
        #expect(response["x-late"] == "1")
    }

    // MARK: Failures

    private func failure(_ request: HTTPRequest, _ settings: CurlTransport.Settings = .init()) async -> HTTPFailure? {
        do {
            _ = try await CurlTransport(settings).send(request)
            return nil
        } catch {
            return error as? HTTPFailure
        }
    }

    @Test func saysHowItFailed() async throws {
        let server = try LoopbackServer { request in
            switch request.path {
            case "/close": .close
            case "/cut": .sendAndClose("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
            case "/big": LoopbackServer.ok(String(repeating: "x", count: 5000))
            default: .silence
            }
        }
        #expect(await failure(HTTPRequest(url: "http://127.0.0.1:1/"))?.kind == .refused)
        #expect(await failure(HTTPRequest(url: "http://no.such.host.invalid/"))?.kind == .unresolved)
        #expect(await failure(HTTPRequest(url: "\(server.url)/close"))?.kind == .lost)
        #expect(await failure(HTTPRequest(url: "\(server.url)/cut"))?.kind == .lost)
        let late = await failure(HTTPRequest(url: "\(server.url)/hang", timeout: .milliseconds(100)))
        #expect(late?.kind == .timedOut, "\(late?.description ?? "none")")
        let tooLong = await failure(HTTPRequest(url: "\(server.url)/big"), .init(maximumResponseBytes: 4999))
        #expect(tooLong?.description == "the response is longer than 4999 bytes")
        #expect(await failure(HTTPRequest(url: "\(server.url)/big"), .init(maximumResponseBytes: 5000)) == nil)
        #expect(await failure(HTTPRequest(url: "file:///etc/passwd"))?.kind == .other)
    }

    @Test func refusesToSmuggle() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.ok("") }
        let requests = [
            HTTPRequest(url: server.url, headers: [.init("X-A", "b\r\nX-Evil: 1")]),
            HTTPRequest(url: server.url, headers: [.init("X-A", "b\nX-Evil: 1")]),
            HTTPRequest(url: server.url, headers: [.init("X-A", "b\u{0}")]),
            HTTPRequest(url: server.url, headers: [.init("X-A: c\r\nX-B", "d")]),
            HTTPRequest(url: server.url, headers: [.init("", "d")]),
            HTTPRequest(method: "GET / HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET", url: server.url),
            HTTPRequest(url: "\(server.url)/ HTTP/1.1\r\nX-Evil: 1"),
            HTTPRequest(url: ""),
        ]
        for request in requests { #expect(await failure(request)?.kind == .other) }
        #expect(server.connectionCount == 0)
    }

    @Test func readsItsSettingsFromTheEnvironment() async {
        typealias Settings = CurlTransport.Settings
        #expect(Settings(environment: [:]).authorities == nil)
        #expect(Settings(environment: ["SSL_CERT_FILE": "/a"]).authorities == "/a")
        #expect(Settings(environment: ["AWS_CA_BUNDLE": "/b", "SSL_CERT_FILE": "/a"]).authorities == "/b")
        #expect(Settings(environment: ["AWS_CA_BUNDLE": "", "SSL_CERT_FILE": "/a"]).authorities == "/a")
        let missing = await failure(HTTPRequest(url: "https://127.0.0.1:1/"), .init(authorities: "/no/such/file"))
        #expect(missing != nil)
    }

    // MARK: Cancellation

    @Test func cancelsAtOnce() async throws {
        let server = try LoopbackServer { _ in .silence }
        let curl = try CurlTransport()
        let task = Task { try await curl.send(HTTPRequest(url: server.url)) }
        while server.connectionCount == 0 { try await Task.sleep(for: .milliseconds(5)) }
        // A cancellation that came to nothing would end as the time-out of the silent server, which is another error.
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }

    @Test func cancelsBeforeItBegins() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.ok("") }
        let curl = try CurlTransport()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await curl.send(HTTPRequest(url: server.url))
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(server.connectionCount == 0)
    }

    /// Cancels at every moment of a request's life; each must end exactly once, and the transport must go on.
    @Test func cancellationRacesCompletion() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.ok("x") }
        let curl = try CurlTransport()
        let answered = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<400 {
                group.addTask {
                    let task = Task { try await curl.send(HTTPRequest(url: server.url)) }
                    try? await Task.sleep(for: .microseconds(number * 25))
                    task.cancel()
                    switch await task.result {
                    case .success(let response): return response.status == 200
                    case .failure(let error):
                        #expect(error is CancellationError)
                        return false
                    }
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(answered >= 0)
        #expect(try await curl.send(HTTPRequest(url: server.url)).status == 200)
    }

    @Test func endsItsThread() async throws {
        let server = try LoopbackServer { _ in LoopbackServer.ok("x") }
        for _ in 0..<50 { _ = try await CurlTransport().send(HTTPRequest(url: server.url)) }
    }
}
