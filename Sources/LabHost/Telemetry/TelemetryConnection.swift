#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One client of the listener, on the listener's thread: it is read to the end of its header, answered, and let go.
struct TelemetryConnection {
    private let descriptor: Int32
    private let patience: Duration
    private let start = ContinuousClock.now

    init(_ descriptor: Int32, patience: Duration) {
        self.descriptor = descriptor
        self.patience = patience
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        #if canImport(Darwin)
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &yes, socklen_t(MemoryLayout<Int32>.size))
        #endif
    }

    /// Reads the request and answers it; a client that takes too long or goes away gets nothing.
    func answer(with text: () -> String) {
        switch read() {
        case .header(let bytes): send(Self.reply(to: bytes, text))
        case .tooLong: send(Self.response("431 Request Header Fields Too Large"))
        case .gone: return
        }
        // What the client still sends must not turn the answer into a reset.
        shutdown(descriptor, Int32(SHUT_WR))
        _ = discard()
    }

    /// The answer to a request's header.
    static func reply(to header: [UInt8], _ text: () -> String) -> String {
        let line = header.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        let words = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard words.count == 3, words[2] == "HTTP/1.1" || words[2] == "HTTP/1.0" else {
            return response("400 Bad Request")
        }
        guard words[0] == "GET" else { return response("405 Method Not Allowed", headers: "Allow: GET\r\n") }
        guard words[1] == "/metrics" || words[1].hasPrefix("/metrics?") else { return response("404 Not Found") }
        let type = "Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        return response("200 OK", headers: type, body: text())
    }

    private static func response(_ status: String, headers: String = "", body: String? = nil) -> String {
        let body = body ?? "\(status)\n"
        let type = headers.contains("Content-Type") ? "" : "Content-Type: text/plain; charset=utf-8\r\n"
        return
            "HTTP/1.1 \(status)\r\n\(type)\(headers)Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)"
    }

    // MARK: Bytes

    private enum Request {
        case header([UInt8])
        case tooLong
        case gone
    }

    private func read() -> Request {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 2_048)
        while wait(for: Int16(POLLIN)) {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return .gone }
            bytes += chunk[..<count]
            if Self.isWhole(bytes) { return .header(bytes) }
            if bytes.count > TelemetryListener.mostBytes { return .tooLong }
        }
        return .gone
    }

    private static func isWhole(_ bytes: [UInt8]) -> Bool {
        bytes.firstRange(of: Array("\r\n\r\n".utf8)) != nil || bytes.firstRange(of: Array("\n\n".utf8)) != nil
    }

    private func send(_ text: String) {
        let bytes = Array(text.utf8)
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        var sent = 0
        while sent < bytes.count, wait(for: Int16(POLLOUT)) {
            let count = bytes[sent...].withUnsafeBytes { buffer in
                #if canImport(Glibc)
                Glibc.send(descriptor, buffer.baseAddress, buffer.count, flags)
                #elseif canImport(Musl)
                Musl.send(descriptor, buffer.baseAddress, buffer.count, flags)
                #else
                Darwin.send(descriptor, buffer.baseAddress, buffer.count, flags)
                #endif
            }
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { return }
            sent += count
        }
    }

    /// Reads on for as long as the client may take, or until it closes; at most so much that nobody keeps the thread busy.
    private func discard() -> Int {
        var chunk = [UInt8](repeating: 0, count: 16_384)
        var total = 0
        while total < 1 << 20, wait(for: Int16(POLLIN)) {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EAGAIN || errno == EINTR { continue }
            guard count > 0 else { break }
            total += count
        }
        return total
    }

    /// Waits for the descriptor; false when the client's time is over.
    private func wait(for events: Int16) -> Bool {
        let left = patience - (ContinuousClock.now - start)
        guard left > .zero else { return false }
        var waiting = pollfd(fd: descriptor, events: events, revents: 0)
        let milliseconds = Int32(left / .milliseconds(1)) + 1
        return poll(&waiting, 1, milliseconds) != 0 || left > .zero && errno == EINTR
    }
}
