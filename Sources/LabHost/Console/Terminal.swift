#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// What the process's standard error can show.
public struct Terminal: Sendable, Hashable {
    /// Whether lines may be drawn over: a terminal, and neither CI nor `TERM=dumb`.
    public var isLive: Bool
    /// Whether colour is welcome: a live terminal without NO_COLOR (https://no-color.org).
    public var hasColour: Bool
    /// How many columns there are.
    public var width: Int

    /// Describes a terminal.
    public init(isLive: Bool, hasColour: Bool, width: Int) {
        self.isLive = isLive
        self.hasColour = hasColour
        self.width = width
    }

    /// The terminal behind standard error, as it is now.
    public init(environment: [String: String]) {
        let isTerminal = isatty(STDERR_FILENO) == 1
        let isCI = !(environment["CI"] ?? "").isEmpty
        isLive = isTerminal && !isCI && environment["TERM"] != "dumb"
        hasColour = isLive && (environment["NO_COLOR"] ?? "").isEmpty
        var size = winsize()
        let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        width = known ? Int(size.ws_col) : 80
    }

    /// Whether a person can be asked: both ends of the conversation are terminals.
    public static var canAsk: Bool { isatty(STDIN_FILENO) == 1 && isatty(STDERR_FILENO) == 1 }

    /// Writes to a descriptor, all of it; what cannot be written (a closed pipe) is dropped.
    public static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}

/// `write(2)` under a name that the method above does not hide.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
