/// A range of IPv4 addresses in CIDR notation.
struct IPv4Range: Equatable {
    /// The first address of the range.
    var base: UInt32
    /// How many leading bits all addresses have in common.
    var prefix: Int

    /// Makes a range from its parts, clearing the bits that belong to hosts.
    init(base: UInt32, prefix: Int) {
        self.prefix = prefix
        self.base = base & IPv4Range.mask(prefix)
    }

    /// Reads `10.0.1.0/24`; nil when it is not that. Host bits may be set; ``isCanonical(_:)`` tells.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let base = IPv4Range.address(parts[0]), let prefix = IPv4Range.number(parts[1], 0...32)
        else { return nil }
        self.init(base: base, prefix: prefix)
    }

    /// The range as AWS writes it.
    var description: String { "\(IPv4Range.text(base))/\(prefix)" }

    /// How many addresses there are.
    var count: Int { 1 << (32 - prefix) }

    /// Whether every address of `other` is in this range.
    func contains(_ other: IPv4Range) -> Bool {
        prefix <= other.prefix && other.base & IPv4Range.mask(prefix) == base
    }

    /// The address at an offset from the first.
    func address(at offset: Int) -> String { IPv4Range.text(base &+ UInt32(truncatingIfNeeded: offset)) }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : ~0 << (32 - UInt32(prefix)) }

    private static func text(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { String(address >> $0 & 0xff) }.joined(separator: ".")
    }

    private static func address(_ text: Substring) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var address: UInt32 = 0
        for part in parts {
            guard let byte = number(part, 0...255) else { return nil }
            address = address << 8 | UInt32(byte)
        }
        return address
    }

    /// A decimal number without sign or leading zeros, which some readers take for octal.
    private static func number(_ text: Substring, _ range: ClosedRange<Int>) -> Int? {
        guard let value = Int(text), range.contains(value), String(value) == text else { return nil }
        return value
    }
}
