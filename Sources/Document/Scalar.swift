/// A scalar as written, with what is needed to tell its type.
public struct Scalar: Sendable, Hashable {
    /// Whether quotes, or a block style, say that the text is text.
    public enum Style: Sendable, Hashable { case plain, quoted }

    /// A type that the author wrote down, such as `!!str`.
    public enum Tag: String, Sendable, Hashable, CaseIterable {
        case null, bool, int, float, str
    }

    /// What a scalar means under YAML's core schema (1.2), which contains JSON's.
    public enum Resolved: Sendable, Hashable {
        case null
        case bool(Bool)
        case int(Int)
        case float(Double)
        case string(String)
    }

    /// The text, quotes and escapes resolved.
    public var text: String
    /// How it is written.
    public var style: Style
    /// The type that the author wrote down.
    public var tag: Tag?

    /// Makes a scalar.
    public init(_ text: String, style: Style = .plain, tag: Tag? = nil) {
        self.text = text
        self.style = style
        self.tag = tag
    }

    /// Whether it says "nothing".
    public var isNull: Bool {
        guard tag == nil else { return tag == .null }
        guard style == .plain else { return false }
        return switch text {
        case "", "~", "null", "Null", "NULL": true
        default: false
        }
    }

    /// The boolean that it means.
    public var bool: Bool? {
        guard allows(.bool) else { return nil }
        return switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// The whole number that it means, when an `Int` holds it. `1_000`, `1e3` and `010` as octal are not of YAML 1.2.
    public var int: Int? {
        guard allows(.int) else { return nil }
        if text.hasPrefix("0x") { return Int(digits: text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return Int(digits: text.dropFirst(2), radix: 8) }
        return Int(text)
    }

    /// The number that it means, whole numbers included.
    public var double: Double? {
        guard allows(.float) || allows(.int) else { return nil }
        // The standard library also reads "inf", "nan" and hexadecimal floats, which are text in YAML.
        let isDecimal = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"),
                UInt8(ascii: "e"), UInt8(ascii: "E"):
                true
            default: false
            }
        }
        if isDecimal { return Double(text) }
        switch text {
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": return .infinity
        case "-.inf", "-.Inf", "-.INF": return -.infinity
        case ".nan", ".NaN", ".NAN": return .nan
        default: return int.map(Double.init)
        }
    }

    /// What the scalar means where no type is asked for.
    public var resolved: Resolved {
        if isNull { return .null }
        if let bool { return .bool(bool) }
        if let int { return .int(int) }
        if let double { return .float(double) }
        return .string(text)
    }

    private func allows(_ wanted: Tag) -> Bool { tag.map { $0 == wanted } ?? (style == .plain) }
}

extension Int {
    /// Reads digits alone: no sign, no separators.
    fileprivate init?(digits: Substring, radix: Int) {
        guard digits.utf8.first != UInt8(ascii: "+"), digits.utf8.first != UInt8(ascii: "-") else { return nil }
        self.init(digits, radix: radix)
    }
}
