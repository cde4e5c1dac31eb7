import PluginAPI

/// Where something listens: an address in numbers, and a port.
///
/// Names are not looked up: what a resolver answers is no place to offer a door at.
public struct ListenAddress: Sendable, Hashable {
    /// The IPv4 or IPv6 address.
    public var host: String
    /// The port; 0 for any that is free.
    public var port: UInt16

    /// Reads `127.0.0.1:9464`, `[::1]:9464`, `localhost:9464`, `:9464` or `9464`; without a host it is this machine alone.
    ///
    /// - Throws: ``LabError`` with code ``LabError/Code/usage``.
    public init(_ text: String) throws {
        let (host, port): (Substring, Substring)
        if let colon = text.lastIndex(of: ":") {
            (host, port) = (text[..<colon], text[text.index(after: colon)...])
        } else {
            (host, port) = ("", text[...])
        }
        guard let number = UInt16(port), port.allSatisfy(\.isNumber) else { throw Self.fault(text) }
        self.port = number
        switch host {
        case "", "localhost": self.host = "127.0.0.1"
        case _ where host.hasPrefix("[") && host.hasSuffix("]"): self.host = String(host.dropFirst().dropLast())
        case _ where host.contains(":"): throw Self.fault(text)
        default: self.host = String(host)
        }
        let known = Set("0123456789abcdefABCDEF.:")
        guard !self.host.isEmpty, self.host.allSatisfy(known.contains) else { throw Self.fault(text) }
    }

    /// What a browser or Prometheus is pointed at.
    public var url: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)/metrics" }

    private static func fault(_ text: String) -> LabError {
        LabError(
            .usage,
            "\(Printable.quoted(text)) is not an address to listen at",
            hint: "an address in numbers and a port, such as 127.0.0.1:9464"
        )
    }
}
