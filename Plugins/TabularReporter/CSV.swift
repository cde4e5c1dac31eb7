/// Text in RFC 4180's format.
struct CSV {
    /// One field.
    enum Field {
        /// Text from anywhere.
        case text(String)
        /// A number, or nothing when it is unknown.
        case number(Double?)
        /// A whole number, or nothing when it is unknown.
        case integer(Int?)
    }

    /// The file so far.
    private(set) var content: [UInt8] = []

    /// Adds a row.
    mutating func append(_ row: [Field]) {
        content += row.map(Self.encoded).joined(separator: ",").utf8
        content += "\r\n".utf8
    }

    private static func encoded(_ field: Field) -> String {
        switch field {
        case .number(let value): value.map { $0.isFinite ? "\($0)" : "" } ?? ""
        case .integer(let value): value.map(String.init) ?? ""
        case .text(let text): quoted(neutralised(text))
        }
    }

    /// Text that a spreadsheet would take for a formula gets an apostrophe before it, so that it stays text.
    private static func neutralised(_ text: String) -> String {
        guard let first = text.unicodeScalars.first, "=+-@\t\r".unicodeScalars.contains(first) else { return text }
        return "'" + text
    }

    private static func quoted(_ text: String) -> String {
        // By scalar: to Swift "\r\n" is one character, which is neither of its halves.
        guard text.unicodeScalars.contains(where: { "\",\r\n".unicodeScalars.contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
