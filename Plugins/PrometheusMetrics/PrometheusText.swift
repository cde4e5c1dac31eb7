/// Reads the Prometheus text exposition format, version 0.0.4.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/. A line that is not of the format is left out and counted: one
/// family that somebody writes wrongly says nothing against the others.
struct PrometheusText: Sendable, Hashable {
    /// What a family is, as its `# TYPE` line says.
    enum Kind: String, Sendable {
        case counter, gauge, histogram, summary, untyped
    }

    /// One value.
    struct Sample: Sendable, Hashable {
        var name: String
        var labels: [String: String]
        /// May be no number, or infinite.
        var value: Double
        /// Milliseconds since 1970; nil for now.
        var timestamp: Int64?
    }

    private(set) var samples: [Sample] = []
    private(set) var kinds: [String: Kind] = [:]
    /// How many lines could not be read.
    private(set) var unreadable = 0

    init(_ text: some StringProtocol) {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            var reader = Reader(line)
            reader.skipBlanks()
            if reader.isAtEnd { continue }
            if reader.skip("#") {
                comment(&reader)
            } else if let sample = reader.sample() {
                samples.append(sample)
            } else {
                unreadable += 1
            }
        }
    }

    private mutating func comment(_ reader: inout Reader) {
        reader.skipBlanks()
        guard reader.word() == "TYPE", let name = reader.wordAfterBlanks() else { return }
        kinds[name] = reader.wordAfterBlanks().flatMap(Kind.init(rawValue:)) ?? .untyped
    }

    /// Whether a sample only ever grows: of a counter, or one of a summary's or histogram's totals.
    func isCounter(_ name: String) -> Bool {
        if let kind = kinds[name] { return kind == .counter }
        for suffix in ["_count", "_sum", "_bucket"] where name.hasSuffix(suffix) {
            let kind = kinds[String(name.dropLast(suffix.count))]
            if kind == .summary || kind == .histogram { return true }
        }
        // Where nothing is said, the conventional endings are.
        return ["_total", "_count", "_sum", "_bucket"].contains { name.hasSuffix($0) }
    }
}

/// Reads one line, byte by byte: a label's value may hold any character.
private struct Reader {
    private let bytes: [UInt8]
    private var at = 0

    init(_ line: some Collection<UInt8>) { bytes = Array(line) }

    var isAtEnd: Bool { at >= bytes.count }
    private var next: UInt8? { isAtEnd ? nil : bytes[at] }

    mutating func skipBlanks() { while let byte = next, Self.isBlank(byte) { at += 1 } }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = next, byte == UInt8(ascii: character) else { return false }
        at += 1
        return true
    }

    mutating func word() -> String? {
        let start = at
        while let byte = next, !Self.isBlank(byte) { at += 1 }
        return start == at ? nil : String(decoding: bytes[start..<at], as: UTF8.self)
    }

    mutating func wordAfterBlanks() -> String? {
        skipBlanks()
        return word()
    }

    /// `name{label="value",…} 1.5e3 1700000000000`
    mutating func sample() -> PrometheusText.Sample? {
        guard let name = identifier(colons: true) else { return nil }
        skipBlanks()
        var labels: [String: String] = [:]
        if skip("{") {
            while true {
                skipBlanks()
                if skip("}") { break }
                guard let label = identifier(colons: false), equals(), let value = quoted() else { return nil }
                labels[label] = value
                skipBlanks()
                // A comma may follow the last label, too.
                if !skip(",") {
                    guard next == UInt8(ascii: "}") else { return nil }
                }
            }
        }
        guard let value = wordAfterBlanks().flatMap(Self.number) else { return nil }
        var timestamp: Int64?
        if let text = wordAfterBlanks() {
            guard let number = Int64(text) else { return nil }
            timestamp = number
        }
        guard wordAfterBlanks() == nil else { return nil }
        return PrometheusText.Sample(name: name, labels: labels, value: value, timestamp: timestamp)
    }

    private mutating func identifier(colons: Bool) -> String? {
        let start = at
        while let byte = next, Self.isNameByte(byte, colons: colons, first: at == start) { at += 1 }
        return start == at ? nil : String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private mutating func equals() -> Bool {
        skipBlanks()
        guard skip("=") else { return false }
        skipBlanks()
        return true
    }

    /// A label's value: `\\`, `\"` and `\n` are the only escapes; any other backslash stands for itself.
    private mutating func quoted() -> String? {
        guard skip("\"") else { return nil }
        var text: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = next else { return nil }
                at += 1
                switch escaped {
                case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): text.append(escaped)
                default: text += [byte, escaped]
                }
            default: text.append(byte)
            }
        }
        return nil
    }

    /// A number as Go's ParseFloat reads it, infinities and no number included.
    private static func number(_ text: String) -> Double? {
        switch text.lowercased() {
        case "nan": .nan
        case "inf", "+inf", "infinity", "+infinity": .infinity
        case "-inf", "-infinity": -.infinity
        default: Double(text)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

    private static func isNameByte(_ byte: UInt8, colons: Bool, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
        case UInt8(ascii: ":"): colons
        default: false
        }
    }
}
