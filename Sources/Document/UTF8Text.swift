/// Checks that input is text before a parser sees it.
enum UTF8Text {
    static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// The place of the first byte that is not UTF-8.
    struct Fault: Error {
        var offset: Int
        var line: Int
        var column: Int
    }

    /// The input within the limits and without a byte order mark.
    ///
    /// - Throws: ``DocumentError`` when it is too long, empty or not UTF-8.
    static func check(_ bytes: [UInt8], file: String, limits: DocumentLimits) throws(DocumentError) -> ArraySlice<UInt8>
    {
        guard bytes.count <= limits.bytes else {
            let message = "larger than the \(ByteCount.text(limits.bytes)) that are accepted"
            throw DocumentError(message, at: SourceMark(origin: file))
        }
        if let fault = fault(in: bytes) {
            let byte = String(bytes[fault.offset], radix: 16, uppercase: true)
            let padded = byte.count == 1 ? "0\(byte)" : byte
            let utf16 = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            throw DocumentError(
                utf16
                    ? "not UTF-8 text but UTF-16"
                    : "not UTF-8 text: byte 0x\(padded) at offset \(fault.offset)",
                at: SourceMark(file: file, line: fault.line, column: fault.column)
            )
        }
        let text = bytes.starts(with: byteOrderMark) ? bytes[3...] : bytes[...]
        if text.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
            throw DocumentError("the file is empty", at: SourceMark(origin: file))
        }
        return text
    }

    /// The first fault; nil when all is UTF-8.
    static func fault(in bytes: [UInt8]) -> Fault? {
        if String(validating: bytes, as: UTF8.self) != nil { return nil }
        var parser = Unicode.UTF8.ForwardParser()
        var iterator = bytes.makeIterator()
        var fault = Fault(offset: 0, line: 1, column: 1)
        while true {
            switch parser.parseScalar(from: &iterator) {
            case .valid(let encoded):
                fault.offset += encoded.count
                if encoded.first == UInt8(ascii: "\n") {
                    fault.line += 1
                    fault.column = 1
                } else {
                    fault.column += 1
                }
            case .error: return fault
            case .emptyInput: return nil
            }
        }
    }
}
