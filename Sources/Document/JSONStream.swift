/// Reads a JSON text of any length from its beginning to its end, one token at a time, in memory that does not grow with it.
///
/// For results of programs, which may have 100 MB and of which little is wanted: ``JSON`` makes a tree of everything. The
/// grammar is that of RFC 8259. Numbers are read as `Double`, correctly rounded; what no `Double` holds is a fault. A key that
/// comes twice in an object is not noticed here, because that would take a memory of all keys.
public struct JSONStream {
    /// One step through the text.
    public enum Token: Sendable, Hashable {
        case beginObject, endObject, beginArray, endArray
        /// The key of the value that follows.
        case key(String)
        case string(String)
        case number(Double)
        case bool(Bool)
        case null
        /// The text is over.
        case end
    }

    /// What may come next.
    private enum Expectation {
        case value
        case firstElement, nextElement
        case firstKey, nextKey
        case end
    }

    private enum Container { case object, array }

    private var input: JSONInput
    private var expectation = Expectation.value
    private var containers: [Container] = []
    private var start: SourceMark
    private var isSkipping = false

    private static let deepest = 64

    /// Reads what a closure gives.
    ///
    /// - Parameters:
    ///   - file: The name to use in positions.
    ///   - next: Gives the next bytes, as many as it likes; none at the end. Its errors are passed on.
    public init(file: String, next: @escaping () throws -> [UInt8]) {
        input = JSONInput(file: file, next: next)
        start = SourceMark(file: file, line: 1, column: 1)
    }

    /// Reads bytes that are in memory.
    public init(_ bytes: [UInt8], file: String) {
        var rest: [UInt8]? = bytes
        self.init(file: file) {
            defer { rest = nil }
            return rest ?? []
        }
    }

    /// Where the token begins that was read last.
    public var mark: SourceMark { start }

    /// The next token.
    ///
    /// - Throws: ``DocumentError`` at the first fault, and the errors of whoever gives the bytes.
    public mutating func next() throws -> Token {
        let byte = try input.skipSpace()
        start = input.mark
        switch (expectation, byte) {
        case (.value, _): return try value(byte)
        case (.firstElement, UInt8(ascii: "]")), (.nextElement, UInt8(ascii: "]")): return try close(.endArray)
        case (.firstElement, _): return try value(byte)
        case (.nextElement, UInt8(ascii: ",")): return try value(try afterSeparator())
        case (.firstKey, UInt8(ascii: "}")), (.nextKey, UInt8(ascii: "}")): return try close(.endObject)
        case (.firstKey, _): return try key(byte)
        case (.nextKey, UInt8(ascii: ",")): return try key(try afterSeparator())
        case (.end, nil): return .end
        case (.nextElement, _): throw input.fault("expected \",\" or \"]\"", found: byte)
        case (.nextKey, _): throw input.fault("expected \",\" or \"}\"", found: byte)
        case (.end, _): throw input.fault("expected the end", found: byte)
        }
    }

    /// Reads over the next value with all that is in it.
    public mutating func skipValue() throws {
        isSkipping = true
        defer { isSkipping = false }
        var depth = 0
        repeat {
            switch try next() {
            case .beginObject, .beginArray: depth += 1
            case .endObject, .endArray: depth -= 1
            case .end: throw input.fault("expected a value", found: nil)
            case .key, .string, .number, .bool, .null: break
            }
        } while depth > 0
    }

    private mutating func afterSeparator() throws -> UInt8? {
        input.advance()
        let byte = try input.skipSpace()
        start = input.mark
        return byte
    }

    private mutating func key(_ byte: UInt8?) throws -> Token {
        guard byte == UInt8(ascii: "\"") else { throw input.fault("expected a key in quotes", found: byte) }
        let text = try input.string()
        let separator = try input.skipSpace()
        guard separator == UInt8(ascii: ":") else { throw input.fault("expected \":\"", found: separator) }
        input.advance()
        expectation = .value
        return .key(text)
    }

    private mutating func value(_ byte: UInt8?) throws -> Token {
        let token: Token
        switch byte {
        case UInt8(ascii: "{"): return try open(.object)
        case UInt8(ascii: "["): return try open(.array)
        case UInt8(ascii: "\""): token = .string(try input.string())
        case let byte? where byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10:
            token = .number(try input.number(isWanted: !isSkipping))
        case UInt8(ascii: "t"): token = try input.word("true", .bool(true))
        case UInt8(ascii: "f"): token = try input.word("false", .bool(false))
        case UInt8(ascii: "n"): token = try input.word("null", .null)
        default: throw input.fault("expected a value", found: byte)
        }
        expectAfterValue()
        return token
    }

    private mutating func open(_ container: Container) throws -> Token {
        guard containers.count < Self.deepest else { throw input.fault("nested more than \(Self.deepest) levels deep") }
        input.advance()
        containers.append(container)
        expectation = container == .object ? .firstKey : .firstElement
        return container == .object ? .beginObject : .beginArray
    }

    private mutating func close(_ token: Token) throws -> Token {
        input.advance()
        containers.removeLast()
        expectAfterValue()
        return token
    }

    private mutating func expectAfterValue() {
        expectation =
            switch containers.last {
            case .object: .nextKey
            case .array: .nextElement
            case nil: .end
            }
    }
}
