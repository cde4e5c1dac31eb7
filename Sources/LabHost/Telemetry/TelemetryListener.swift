import PluginAPI
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Serves one text at `/metrics`, on a thread of its own: a client costs the run nothing, however it behaves.
///
/// One connection is answered at a time and then closed, and each has so long in all, two seconds as a rule. Nothing but `GET /metrics` is answered with
/// the text.
public final class TelemetryListener: Sendable {
    /// The most bytes of a request that are read.
    static let mostBytes = 8_192

    /// Where it listens; the port is the one that was free.
    public let address: ListenAddress
    private let text: @Sendable () -> String
    private let patience: Duration
    private let listener: Int32
    private let wake: (read: Int32, write: Int32)
    private let isStopped = Mutex(false)

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - address: Where.
    ///   - patience: How long a client may take, all its bytes together.
    ///   - text: What is served; asked on the listener's thread.
    /// - Throws: ``LabError`` with code ``LabError/Code/usage`` when there is no such address, or somebody listens there.
    public init(
        at address: ListenAddress,
        patience: Duration = .seconds(2),
        text: @escaping @Sendable () -> String
    ) throws {
        (listener, self.address) = try Self.listen(at: address)
        self.text = text
        self.patience = patience
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            close(listener)
            throw Self.fault(address)
        }
        wake = (ends[0], ends[1])
        do { try startThread() } catch {
            for descriptor in [listener, wake.read, wake.write] { close(descriptor) }
            throw error
        }
    }

    deinit { close(wake.write) }

    /// Ends it; a client that is being answered is let go when its time is over.
    public func stop() {
        isStopped.withLock { isStopped in
            guard !isStopped else { return }
            isStopped = true
            var byte: UInt8 = 0
            _ = write(wake.write, &byte, 1)
        }
    }

    // MARK: The socket

    private static func fault(_ address: ListenAddress) -> LabError {
        LabError(
            .usage,
            "cannot listen at \(address.host), port \(address.port)",
            cause: String(cString: strerror(errno)),
            hint: "another port, or 0 for any that is free"
        )
    }

    private static func listen(at address: ListenAddress) throws -> (Int32, ListenAddress) {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(address.host, String(address.port), &hints, &found) == 0, let place = found?.pointee else {
            throw LabError(.usage, "\(address.host) is no address of this machine", hint: "such as 127.0.0.1:9464")
        }
        defer { freeaddrinfo(found) }
        let descriptor = socket(place.ai_family, place.ai_socktype, 0)
        guard descriptor >= 0 else { throw fault(address) }
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        // Children (terraform, packer) do not inherit it.
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        #if canImport(Glibc)
        let isBound = Glibc.bind(descriptor, place.ai_addr, place.ai_addrlen) == 0 && Glibc.listen(descriptor, 16) == 0
        #elseif canImport(Musl)
        let isBound = Musl.bind(descriptor, place.ai_addr, place.ai_addrlen) == 0 && Musl.listen(descriptor, 16) == 0
        #else
        let isBound =
            Darwin.bind(descriptor, place.ai_addr, place.ai_addrlen) == 0 && Darwin.listen(descriptor, 16) == 0
        #endif
        guard isBound else {
            let error = fault(address)
            close(descriptor)
            throw error
        }
        var actual = address
        actual.port = port(of: descriptor)
        return (descriptor, actual)
    }

    private static func port(of descriptor: Int32) -> UInt16 {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return withUnsafeMutablePointer(to: &storage) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) }
            // The port is at the same place for both families.
            return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                UInt16(bigEndian: $0.pointee.sin_port)
            }
        }
    }

    // MARK: The thread

    private func startThread() throws {
        let box = Unmanaged.passRetained(self)
        #if canImport(Darwin)
        var thread: pthread_t?
        #else
        var thread = pthread_t()
        #endif
        let status = pthread_create(
            &thread,
            nil,
            { argument in
                // On Darwin the argument is not optional.
                let argument: UnsafeMutableRawPointer? = argument
                if let argument {
                    Unmanaged<TelemetryListener>.fromOpaque(argument).takeRetainedValue().serve()
                }
                return nil
            },
            box.toOpaque()
        )
        guard status == 0 else {
            box.release()
            throw LabError(.failed, "the thread that serves metrics could not be started", cause: "error \(status)")
        }
        #if canImport(Darwin)
        if let thread { pthread_detach(thread) }
        #else
        pthread_detach(thread)
        #endif
    }

    private func serve() {
        defer {
            close(listener)
            close(wake.read)
        }
        while true {
            var waiting = [
                pollfd(fd: listener, events: Int16(POLLIN), revents: 0),
                pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0),
            ]
            let count = poll(&waiting, 2, -1)
            guard count >= 0 || errno == EINTR, waiting[1].revents == 0 else { return }
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { continue }
            TelemetryConnection(connection, patience: patience).answer(with: text)
            close(connection)
        }
    }
}
