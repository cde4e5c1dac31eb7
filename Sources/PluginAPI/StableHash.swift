/// A 64-bit hash that is the same on every machine and in every run, for names and seeds.
///
/// `Hasher` is seeded anew in each process, so nothing that outlives one may come from it. This is FNV-1a with a final
/// mix, good enough to spread names; it is no defence against anybody.
public struct StableHash: Sendable, Hashable {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Makes a hash of nothing.
    public init() {}

    /// Makes a hash of texts, each kept apart from the next.
    public init(_ texts: String...) {
        for text in texts { combine(text) }
    }

    /// Adds a text.
    public mutating func combine(_ text: String) {
        combine(text.utf8)
        combine(CollectionOfOne(0xff))  // no UTF-8 text holds this byte, so "ab" + "c" differs from "a" + "bc"
    }

    /// Adds bytes.
    public mutating func combine(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    }

    /// The hash.
    public var value: UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// The hash as 16 hexadecimal digits.
    public var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
