/// A type that is read from one scalar.
protocol ScalarReadable: Decodable {
    /// What a scalar must be, for messages: `a whole number`.
    static var expectation: String { get }

    /// Reads the scalar; nil when it does not fit.
    init?(reading scalar: Scalar)
}

extension String: ScalarReadable {
    static var expectation: String { "text" }

    init?(reading scalar: Scalar) {
        guard !scalar.isNull else { return nil }
        self = scalar.text
    }
}

extension Bool: ScalarReadable {
    static var expectation: String { "true or false" }

    init?(reading scalar: Scalar) {
        guard let value = scalar.bool else { return nil }
        self = value
    }
}

extension Double: ScalarReadable {
    static var expectation: String { "a number" }

    init?(reading scalar: Scalar) {
        guard let value = scalar.double else { return nil }
        self = value
    }
}

extension Float: ScalarReadable {
    static var expectation: String { "a number" }

    init?(reading scalar: Scalar) {
        guard let value = scalar.double else { return nil }
        self.init(value)
    }
}

extension Duration: ScalarReadable {
    static var expectation: String { "a length of time such as 90s, 30m or 1h30m" }

    init?(reading scalar: Scalar) {
        guard let value = DurationText.parse(scalar.text) else { return nil }
        self = value
    }
}

extension ScalarReadable where Self: FixedWidthInteger {
    static var expectation: String {
        self == Int.self || self == Int64.self ? "a whole number" : "a whole number from \(Self.min) to \(Self.max)"
    }

    init?(reading scalar: Scalar) {
        guard let value = scalar.int else { return nil }
        self.init(exactly: value)
    }
}

extension Int: ScalarReadable {}
extension Int8: ScalarReadable {}
extension Int16: ScalarReadable {}
extension Int32: ScalarReadable {}
extension Int64: ScalarReadable {}
extension UInt: ScalarReadable {}
extension UInt8: ScalarReadable {}
extension UInt16: ScalarReadable {}
extension UInt32: ScalarReadable {}
extension UInt64: ScalarReadable {}
