import PluginAPI

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// TCP ports of the loopback interface that nobody listens on.
enum FreePorts {
    /// Finds ports, all different. Somebody may take one before it is used; then what was to listen says so.
    ///
    /// - Throws: ``LabError`` when the system has none.
    static func find(_ count: Int) throws -> [Int] {
        var sockets: [Int32] = []
        defer { for socket in sockets { close(socket) } }
        return try (0..<count).map { _ in
            guard let socket = open() else { throw refusal }
            // Kept open until all are known, so that none is found twice.
            sockets.append(socket)
            return try bind(socket)
        }
    }

    /// Whether somebody listens on a port of the loopback interface. It answers at once: nothing is sent anywhere.
    static func listens(_ port: Int) -> Bool {
        guard let socket = open() else { return false }
        defer { close(socket) }
        var address = loopback(port)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe connect(socket, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    private static func open() -> Int32? {
        #if canImport(Glibc)
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let socket = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        return socket >= 0 ? socket : nil
    }

    private static func loopback(_ port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
        return address
    }

    private static func bind(_ socket: Int32) throws -> Int {
        var address = loopback(0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe systemBind(socket, pointer, length) == 0 else { return Int32(-1) }
                return unsafe getsockname(socket, pointer, &length)
            }
        }
        guard status == 0 else { throw refusal }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func systemBind(_ socket: Int32, _ address: UnsafePointer<sockaddr>, _ length: socklen_t) -> Int32 {
        #if canImport(Glibc)
        unsafe Glibc.bind(socket, address, length)
        #elseif canImport(Musl)
        unsafe Musl.bind(socket, address, length)
        #else
        unsafe Darwin.bind(socket, address, length)
        #endif
    }

    private static var refusal: LabError {
        LabError(.provisioning, "no free port could be found", cause: String(unsafe String(cString: strerror(errno))))
    }
}
