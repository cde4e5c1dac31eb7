/// Percent-encoding as AWS wants it: everything but `A-Z a-z 0-9 - . _ ~`, in capitals.
extension String {
    /// The text encoded for a query or a form; with `keepingSlashes`, for a path.
    func percentEncoded(keepingSlashes: Bool = false) -> String {
        var encoded: [UInt8] = []
        for byte in utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.append(byte)
            case UInt8(ascii: "/") where keepingSlashes:
                encoded.append(byte)
            default:
                let digits = Array("0123456789ABCDEF".utf8)
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}

/// The parts of an absolute URL that signing looks at, each as it is sent.
struct URLParts: Hashable {
    var scheme: String
    /// Host and port, the port left out when it is the scheme's own.
    var authority: String
    /// At least `/`.
    var path: String
    var query: String

    /// Takes a URL apart; nil when it has no scheme, no host or another scheme than http and https.
    init?(_ url: String) {
        let text = url.prefix { $0 != "#" }
        guard let separator = text.firstRange(of: "://") else { return nil }
        scheme = text[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let rest = text[separator.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        authority = rest[..<end].lowercased()
        let ownPort = scheme == "https" ? ":443" : ":80"
        if authority.hasSuffix(ownPort) { authority.removeLast(ownPort.count) }
        guard !authority.isEmpty, !authority.contains("@") else { return nil }
        let mark = rest[end...].firstIndex(of: "?") ?? rest.endIndex
        path = mark == end ? "/" : String(rest[end..<mark])
        query = mark == rest.endIndex ? "" : String(rest[rest.index(after: mark)...])
    }
}
