/// A position in a JSON text that is known to be valid.
struct JSONCursor {
    /// A place as people count.
    struct Place {
        var line = 1
        var column = 1
    }

    private let text: ArraySlice<UInt8>
    private var index: Int
    private(set) var place = Place()

    init(text: ArraySlice<UInt8>) {
        self.text = text
        self.index = text.startIndex
    }

    /// Moves over one byte.
    mutating func advance() {
        guard index < text.endIndex else { return }
        let byte = text[index]
        index += 1
        if byte == UInt8(ascii: "\n") {
            place.line += 1
            place.column = 1
        } else if byte & 0xC0 != 0x80 {
            // Continuation bytes belong to the character before.
            place.column += 1
        }
    }

    /// Moves over white space.
    mutating func skipSpace() {
        while index < text.endIndex {
            switch text[index] {
            case 0x20, 0x09, 0x0A, 0x0D: advance()
            default: return
            }
        }
    }

    /// Moves over white space and the comma, colon or closing bracket that follows a value or an opening bracket.
    mutating func skipSeparator() {
        skipSpace()
        advance()
    }

    /// Moves over a string, quotes included.
    mutating func skipString() {
        advance()
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: "\""):
                advance()
                return
            case UInt8(ascii: "\\"):
                advance()
                advance()
            default: advance()
            }
        }
    }

    /// Takes a number, `true`, `false` or `null`.
    mutating func takeWord() -> String {
        let start = index
        while index < text.endIndex {
            switch text[index] {
            case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), 0x20, 0x09, 0x0A, 0x0D:
                return String(decoding: text[start..<index], as: UTF8.self)
            default: advance()
            }
        }
        return String(decoding: text[start..<index], as: UTF8.self)
    }
}
