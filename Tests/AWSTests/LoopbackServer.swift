import Foundation
import PluginTestKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// An HTTP/1.1 server on the loopback interface, just enough to answer a client under test.
///
/// A thread for each connection; the handler says what to send back, byte for byte, and whether to go on. It listens
/// until the process ends: a value that stopped when it is last *named* would stop under requests still on their way.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        var line: String
        var headers: [String]
        var body: [UInt8]

        var path: String { line.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
    }

    enum Reply: Sendable {
        case send(String)
        case sendAndClose(String)
        case close
        case silence
    }

    let port: UInt16
    private let connections = Locked<[Int32]>([])

    init(_ answer: @escaping @Sendable (Request) -> Reply) throws {
        #if os(Linux)
        let stream = Int32(SOCK_STREAM.rawValue)
        #else
        let stream = SOCK_STREAM
        #endif
        let listener = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) | listen(listener, 128) | getsockname(listener, $0, &length)
            }
        }
        guard listener >= 0, status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        let connections = connections
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                connections.withLock { $0.append(connection) }
                Thread.detachNewThread { Self.serve(connection, answer) }
            }
        }
    }

    var url: String { "http://127.0.0.1:\(port)" }

    /// How many connections were made.
    var connectionCount: Int { connections.withLock { $0.count } }

    static func ok(_ body: String, headers: String = "") -> Reply {
        .send("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    private static func serve(_ connection: Int32, _ answer: (Request) -> Reply) {
        defer { close(connection) }
        var buffer: [UInt8] = []
        while let request = next(connection, &buffer) {
            switch answer(request) {
            case .send(let text): write(connection, text)
            case .sendAndClose(let text):
                write(connection, text)
                return
            case .close: return
            case .silence:
                var byte: UInt8 = 0
                _ = read(connection, &byte, 1)  // until the client or the test goes away
                return
            }
        }
    }

    private static func write(_ connection: Int32, _ text: String) {
        let bytes = Array(text.utf8)
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            sent += count
        }
    }

    private static func next(_ connection: Int32, _ buffer: inout [UInt8]) -> Request? {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            if let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: buffer[..<end.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                let length =
                    head.compactMap { line in
                        line.lowercased().hasPrefix("content-length:") ? Int(line.dropFirst(15).trimmed) : nil
                    }.first ?? 0
                if buffer.count >= end.upperBound + length {
                    let body = Array(buffer[end.upperBound..<(end.upperBound + length)])
                    buffer.removeFirst(end.upperBound + length)
                    return Request(line: head[0], headers: Array(head.dropFirst()), body: body)
                }
            }
            let count = read(connection, &chunk, chunk.count)
            guard count > 0 else { return nil }
            buffer += chunk[..<count]
        }
    }
}

extension StringProtocol {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
