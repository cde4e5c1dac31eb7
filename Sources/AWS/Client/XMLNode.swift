/// An element of an AWS reply: its name, its text and its children.
///
/// Read by hand: the query protocols answer with elements, text and entities and nothing else, and linking
/// FoundationXML for them makes a static executable of 71 MB that still needs libxml2 and 30 MB of ICU on the machine,
/// where FoundationEssentials makes one of 21 MB that needs neither (measured on Linux, Swift 6.3). What the protocols
/// do not use (document types, so entity bombs too) is refused.
public struct XMLNode: Sendable, Hashable {
    /// The name, without a namespace prefix.
    public var name: String
    /// The text directly inside, without blanks around it.
    public var text: String
    /// The elements directly inside, in order.
    public var children: [XMLNode]

    /// Makes an element.
    public init(_ name: String, text: String = "", children: [XMLNode] = []) {
        self.name = name
        self.text = text
        self.children = children
    }

    /// The first child of that name.
    public subscript(name: String) -> XMLNode? { children.first { $0.name == name } }

    /// The text of the element at a path of names below this one; nil when there is none, or it is empty.
    public func text(_ path: String...) -> String? {
        var node = self
        for name in path {
            guard let next = node[name] else { return nil }
            node = next
        }
        return node.text.isEmpty ? nil : node.text
    }

    /// The entries of a list at a path of names: EC2 calls each `item`, the older query protocol `member`.
    public func items(_ path: String...) -> [XMLNode] {
        var node = self
        for name in path {
            guard let next = node[name] else { return [] }
            node = next
        }
        return node.children.filter { $0.name == "item" || $0.name == "member" }
    }

    /// Tags as EC2 and IAM write them.
    public var tags: [String: String] {
        let pairs = (items("tagSet") + items("Tags")).compactMap { tag in
            (tag.text("key") ?? tag.text("Key")).map { ($0, tag.text("value") ?? tag.text("Value") ?? "") }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    /// Reads a document; nil when it is not well-formed, or nested deeper than any reply is.
    public init?(_ bytes: [UInt8]) {
        var reader = XMLReader(bytes)
        guard let root = try? reader.document() else { return nil }
        self = root
    }
}

private struct XMLReader {
    struct Fault: Error {}

    private static let maximumDepth = 64
    private static let maximumElements = 1_000_000

    private let bytes: [UInt8]
    private var at = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws -> XMLNode {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
        var open: [(node: XMLNode, text: [UInt8])] = []
        var count = 0
        while true {
            let text = try text()
            if open.isEmpty {
                guard text.allSatisfy(Self.isBlank) else { throw Fault() }
            } else {
                open[open.count - 1].text += text
            }
            if skip("<?") {
                try skipPast("?>")
            } else if skip("<!--") {
                try skipPast("-->")
            } else if skip("<![CDATA[") {
                guard !open.isEmpty else { throw Fault() }
                open[open.count - 1].text += try upTo("]]>")
            } else if skip("</") {
                let name = try name()
                skipBlanks()
                guard skip(">"), let closed = open.popLast(), closed.node.name == name else { throw Fault() }
                var node = closed.node
                node.text = Self.trimmed(closed.text)
                guard !open.isEmpty else { return try finished(node) }
                open[open.count - 1].node.children.append(node)
            } else if skip("<") {
                count += 1
                guard open.count < Self.maximumDepth, count <= Self.maximumElements else { throw Fault() }
                let node = XMLNode(try name())
                if try attributesEndElement() {
                    guard !open.isEmpty else { return try finished(node) }
                    open[open.count - 1].node.children.append(node)
                } else {
                    open.append((node, []))
                }
            } else {
                throw Fault()  // the end came too early
            }
        }
    }

    private mutating func finished(_ root: XMLNode) throws -> XMLNode {
        while true {
            skipBlanks()
            if at == bytes.count { return root }
            guard skip("<!--") else { throw Fault() }
            try skipPast("-->")
        }
    }

    /// Character data up to the next `<`, its entities resolved.
    private mutating func text() throws -> [UInt8] {
        var text: [UInt8] = []
        while at < bytes.count, bytes[at] != UInt8(ascii: "<") {
            if bytes[at] == UInt8(ascii: "&") {
                at += 1
                text += try entity()
            } else {
                text.append(bytes[at])
                at += 1
            }
        }
        return text
    }

    private mutating func entity() throws -> [UInt8] {
        guard let end = bytes[at...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw Fault() }
        let name = String(decoding: bytes[at..<end], as: UTF8.self)
        at = end + 1
        switch name {
        case "lt": return [UInt8(ascii: "<")]
        case "gt": return [UInt8(ascii: ">")]
        case "amp": return [UInt8(ascii: "&")]
        case "quot": return [UInt8(ascii: "\"")]
        case "apos": return [UInt8(ascii: "'")]
        default:
            let isHexadecimal = name.hasPrefix("#x")
            guard name.hasPrefix("#"),
                let number = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10),
                let scalar = Unicode.Scalar(number)
            else { throw Fault() }
            return Array(String(scalar).utf8)
        }
    }

    /// A name, its prefix dropped.
    private mutating func name() throws -> String {
        let start = at
        while at < bytes.count, !Self.isBlank(bytes[at]), !Array("/>=<".utf8).contains(bytes[at]) { at += 1 }
        let whole = bytes[start..<at]
        let local = whole.lastIndex(of: UInt8(ascii: ":")).map { whole[($0 + 1)...] } ?? whole
        guard !local.isEmpty, local.first != UInt8(ascii: "!") else { throw Fault() }
        return String(decoding: local, as: UTF8.self)
    }

    /// Skips attributes to the end of the tag; true when the tag closes its element.
    private mutating func attributesEndElement() throws -> Bool {
        while true {
            skipBlanks()
            if skip("/>") { return true }
            if skip(">") { return false }
            _ = try name()
            skipBlanks()
            guard skip("=") else { throw Fault() }
            skipBlanks()
            if skip("\"") { try skipPast("\"") } else if skip("'") { try skipPast("'") } else { throw Fault() }
        }
    }

    private mutating func skip(_ literal: StaticString) -> Bool {
        let literal = Array(literal.description.utf8)
        guard bytes[at...].starts(with: literal) else { return false }
        at += literal.count
        return true
    }

    private mutating func skipBlanks() {
        while at < bytes.count, Self.isBlank(bytes[at]) { at += 1 }
    }

    private mutating func skipPast(_ literal: StaticString) throws { _ = try upTo(literal) }

    private mutating func upTo(_ literal: StaticString) throws -> ArraySlice<UInt8> {
        let start = at
        while at < bytes.count {
            let end = at
            if skip(literal) { return bytes[start..<end] }
            at += 1
        }
        throw Fault()
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func trimmed(_ text: [UInt8]) -> String {
        guard let first = text.firstIndex(where: { !isBlank($0) }),
            let last = text.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: text[first...last], as: UTF8.self)
    }
}
