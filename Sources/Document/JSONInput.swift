/// The bytes of a JSON text as they come, and the scalars in them.
struct JSONInput {
    private let file: String
    private let refill: () throws -> [UInt8]
    private var chunk: [UInt8] = []
    private var index = 0
    private var isOver = false
    /// The text of the string that is being read.
    private var scratch: [UInt8] = []

    private var line = 1
    /// How many characters of the line were in earlier chunks.
    private var columnsBefore = 0
    /// Where in the chunk the line goes on.
    private var lineStart = 0
    /// Bytes of the line in this chunk that belong to the character before.
    private var continuations = 0

    /// No string or number that anybody means is longer.
    private static let longestString = 1 << 20
    private static let longestNumber = 1000

    init(file: String, next: @escaping () throws -> [UInt8]) {
        self.file = file
        refill = next
    }

    /// Where the next byte stands.
    var mark: SourceMark {
        SourceMark(file: file, line: line, column: columnsBefore + index - lineStart - continuations + 1)
    }

    func fault(_ message: String) -> DocumentError { DocumentError("not valid JSON: \(message)", at: mark) }

    func fault(_ message: String, found byte: UInt8?) -> DocumentError {
        let found =
            switch byte {
            case nil: "the end of the file"
            case let byte? where byte > 0x20 && byte < 0x7F: "\"\(Character(Unicode.Scalar(byte)))\""
            case let byte?: "the byte 0x\(String(byte, radix: 16))"
            }
        return fault("\(message), found \(found)")
    }

    /// The next byte, without moving; nil at the end.
    @inline(__always)
    private mutating func peek() throws -> UInt8? {
        if index < chunk.count { return chunk[index] }
        return try load() ? chunk[index] : nil
    }

    /// Gets more bytes; false at the end.
    private mutating func load() throws -> Bool {
        guard !isOver else { return false }
        let isFirst = chunk.isEmpty
        columnsBefore += index - lineStart - continuations
        (lineStart, continuations, index) = (0, 0, 0)
        chunk = try refill()
        if chunk.isEmpty {
            isOver = true
            return false
        }
        // A byte order mark in front is no part of the text, and may come in pieces.
        while isFirst, chunk.count < UTF8Text.byteOrderMark.count {
            let more = try refill()
            if more.isEmpty { break }
            chunk += more
        }
        if isFirst, chunk.starts(with: UTF8Text.byteOrderMark) {
            (index, lineStart) = (3, 3)
            return try index < chunk.count || load()
        }
        return true
    }

    /// Moves over one byte that was seen.
    @inline(__always)
    mutating func advance() { index += 1 }

    /// Moves over white space.
    ///
    /// - Returns: The byte after it, which is not moved over; nil at the end.
    mutating func skipSpace() throws -> UInt8? {
        while let byte = try peek() {
            switch byte {
            case 0x0A:
                index += 1
                line += 1
                (lineStart, columnsBefore, continuations) = (index, 0, 0)
            case 0x20, 0x09, 0x0D: index += 1
            default: return byte
            }
        }
        return nil
    }

    /// Reads one of JSON's words.
    mutating func word(_ word: StaticString, _ token: JSONStream.Token) throws -> JSONStream.Token {
        for expected in "\(word)".utf8 {
            let byte = try peek()
            guard byte == expected else { throw fault("expected \(word)", found: byte) }
            index += 1
        }
        return token
    }

    /// Reads a string; its opening quote is the next byte.
    mutating func string() throws -> String {
        index += 1
        scratch.removeAll(keepingCapacity: true)
        while let byte = try peek() {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                guard let text = String(validating: scratch, as: UTF8.self) else {
                    throw fault("a string that is not UTF-8 text")
                }
                return text
            case UInt8(ascii: "\\"):
                index += 1
                try escape()
            case ..<0x20: throw fault("a control character in a string", found: byte)
            default:
                if byte & 0xC0 == 0x80 { continuations += 1 }
                scratch.append(byte)
                index += 1
            }
            if scratch.count > Self.longestString { throw fault("a string of over \(Self.longestString) bytes") }
        }
        throw fault("expected the end of the string", found: nil)
    }

    private mutating func escape() throws {
        guard let byte = try peek() else { throw fault("expected an escaped character", found: nil) }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(byte)
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"):
            var code = try unit()
            if code & 0xFC00 == 0xD800 {
                // The other half of a pair must follow.
                for expected in "\\u".utf8 {
                    guard try peek() == expected else { throw fault("half of a surrogate pair") }
                    index += 1
                }
                let low = try unit()
                guard low & 0xFC00 == 0xDC00 else { throw fault("half of a surrogate pair") }
                code = 0x10000 + ((code & 0x3FF) << 10) + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code) else { throw fault("half of a surrogate pair") }
            scratch.append(contentsOf: String(Character(scalar)).utf8)
        default: throw fault("an unknown escape", found: byte)
        }
    }

    /// Four hexadecimal digits.
    private mutating func unit() throws -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            let byte = try peek()
            guard let byte, let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw fault("expected four hexadecimal digits", found: byte)
            }
            code = code << 4 + UInt32(digit)
            index += 1
        }
        return code
    }

    /// Reads a number; its first byte is the next.
    ///
    /// - Parameter isWanted: Whether it is to be converted; of one that is not, only the grammar is checked.
    /// - Returns: The number; 0 for one that is not wanted.
    /// - Throws: ``DocumentError`` where it stops being a number, and the errors of whoever gives the bytes.
    mutating func number(isWanted: Bool) throws -> Double {
        try gather(Self.longestNumber)
        let start = index
        let isNegative = takes(UInt8(ascii: "-"))
        var digits = NumberDigits()
        if !takes(UInt8(ascii: "0")) { try takeDigits(into: &digits) }
        if takes(UInt8(ascii: ".")) {
            digits.isFraction = true
            try takeDigits(into: &digits)
        }
        var exponent = 0
        if takes(UInt8(ascii: "e")) || takes(UInt8(ascii: "E")) {
            let isDown = takes(UInt8(ascii: "-"))
            if !isDown { _ = takes(UInt8(ascii: "+")) }
            var value = NumberDigits()
            try takeDigits(into: &value)
            exponent = Int(min(value.mantissa, 100_000)) * (isDown ? -1 : 1)
        }
        guard index - start < Self.longestNumber else {
            throw fault("a number of over \(Self.longestNumber) characters")
        }
        guard isWanted else { return 0 }
        if let exact = digits.exact(timesTenTo: exponent) { return isNegative ? -exact : exact }
        guard let value = Double(String(decoding: chunk[start..<index], as: UTF8.self)), value.isFinite else {
            throw fault("a number that is too large")
        }
        return value
    }

    /// Sees to it that so many bytes from here on are in one piece, or all that there are.
    private mutating func gather(_ count: Int) throws {
        while chunk.count - index < count, !isOver {
            let more = try refill()
            if more.isEmpty {
                isOver = true
            } else {
                columnsBefore += index - lineStart - continuations
                chunk.removeSubrange(..<index)
                (lineStart, continuations, index) = (0, 0, 0)
                chunk += more
            }
        }
    }

    /// Moves over a byte if it is this one.
    @inline(__always)
    private mutating func takes(_ byte: UInt8) -> Bool {
        guard index < chunk.count, chunk[index] == byte else { return false }
        index += 1
        return true
    }

    @inline(__always)
    private mutating func takeDigits(into digits: inout NumberDigits) throws {
        let start = index
        while index < chunk.count {
            let digit = chunk[index] &- UInt8(ascii: "0")
            if digit > 9 { break }
            digits.append(digit)
            index += 1
        }
        guard index > start else { throw fault("expected a digit", found: try peek()) }
    }
}

/// The digits of a number, as long as a machine word holds them.
private struct NumberDigits {
    var isFraction = false
    private(set) var mantissa: UInt64 = 0
    private var count = 0
    private var fractionDigits = 0

    @inline(__always)
    mutating func append(_ digit: UInt8) {
        if mantissa > 0 || digit > 0 { count += 1 }
        if count <= 19 { mantissa = mantissa &* 10 &+ UInt64(digit) }
        if isFraction { fractionDigits += 1 }
    }

    /// The number, where one multiplication or division of two exact numbers gives it correctly rounded (Clinger's fast
    /// path); nil otherwise.
    func exact(timesTenTo exponent: Int) -> Double? {
        guard count <= 19, mantissa <= 1 << 53 else { return nil }
        let scale = exponent - fractionDigits
        guard mantissa > 0, (-22...22).contains(scale) else { return mantissa == 0 ? 0 : nil }
        let value = Double(mantissa)
        return scale < 0 ? value / Self.powers[-scale] : value * Self.powers[scale]
    }

    private static let powers: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20,
        1e21, 1e22,
    ]
}
