import PluginAPI
import Testing

@testable import AWS

@Suite struct GzipTests {
    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 1_000_000])
    func roundTrips(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
        let compressed = try Gzip.compress(bytes)
        #expect(try Gzip.decompress(compressed, limit: count) == bytes)
        #expect(try Gzip.compress(bytes) == compressed)
    }

    @Test func refusesWhatIsDamagedCutOrTooLong() throws {
        let compressed = try Gzip.compress([UInt8](repeating: 7, count: 100_000))
        #expect(throws: LabError.self) { try Gzip.decompress(compressed, limit: 99_999) }
        for end in [0, 1, 5, 10, compressed.count - 8, compressed.count - 1] {
            #expect(throws: LabError.self) { try Gzip.decompress(Array(compressed[..<end]), limit: 100_000) }
        }
        for position in [0, 1, compressed.count / 2, compressed.count - 5] {
            var damaged = compressed
            damaged[position] ^= 0xFF
            #expect(throws: LabError.self) { try Gzip.decompress(damaged, limit: 100_000) }
        }
        #expect(throws: LabError.self) { try Gzip.decompress(Array("plain text".utf8), limit: 100) }
    }
}

@Suite struct SHA256Tests {
    @Test func hashesAsPublished() {
        #expect(
            SHA256.hash("abc".utf8).hexadecimal == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(
            SHA256.hash([]).hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        // RFC 4231, case 2.
        #expect(
            SHA256.authenticate("what do ya want for nothing?".utf8, key: Array("Jefe".utf8)).hexadecimal
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        )
    }

    @Test func takesPieces() {
        let digest = SHA256()
        for byte in Array("abc".utf8) { digest.update([byte]) }
        #expect(digest.finish() == SHA256.hash("abc".utf8))
    }
}

@Suite struct XMLNodeTests {
    private func read(_ text: String) -> XMLNode? { XMLNode(Array(text.utf8)) }

    @Test func readsWhatAWSWrites() throws {
        let root = try #require(
            read(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- a comment -->
                <x:Reply xmlns:x="http://ec2.amazonaws.com/doc/2016-11-15/" a = 'b>c'>
                  <set><item><id>1</id><tagSet><item><key>Name</key><value>a &amp; b &#233;&#x6F22;</value></item>
                  <item><key>Empty</key><value/></item></tagSet></item><item><id>2</id></item></set>
                  <raw><![CDATA[<not> & parsed]]></raw>
                </x:Reply>
                <!-- the end -->
                """
            )
        )
        #expect(root.name == "Reply")
        #expect(root.items("set").compactMap { $0.text("id") } == ["1", "2"])
        #expect(root.items("set").first?.tags == ["Name": "a & b é漢", "Empty": ""])
        #expect(root.text("raw") == "<not> & parsed")
        #expect(root.text("set", "none") == nil)
    }

    @Test(arguments: [
        "", "text", "<a>", "<a></b>", "<a/><b/>", "<a>&nope;</a>", "<a>&#xD800;</a>", "<a b></a>", "<a b=c></a>",
        "</a>",
        "<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>", "<a", "<a><![CDATA[x</a>", "<>", "<a>&amp</a>", "x<a/>", "<a/>x",
    ])
    func refusesWhatIsNotWellFormed(_ text: String) { #expect(read(text) == nil) }

    @Test func limitsItsDepth() {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        #expect(read(nested(64)) != nil)
        #expect(read(nested(65)) == nil)
    }

    /// Every prefix of a document is refused, and none ends the process.
    @Test func survivesBeingCut() {
        let whole = Array("<?xml?><a b='c'><d>&lt;</d><![CDATA[x]]><!--y--></a>".utf8)
        for end in 0..<whole.count { #expect(XMLNode(Array(whole[..<end])) == nil) }
        #expect(XMLNode(whole) != nil)
    }
}

/// Reading compressed bytes piece by piece.
@Suite struct GzipReaderTests {
    private let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 / 7) }

    private func read(_ compressed: [UInt8], inPiecesOf size: Int) throws -> (bytes: [UInt8], hasEnded: Bool) {
        let reader = try GzipReader()
        var result: [UInt8] = []
        for piece in compressed.batches(of: size) { try reader.read(piece) { result += $0 } }
        return (result, reader.hasEnded)
    }

    @Test(arguments: [1, 7, 1000, 1 << 20]) func `pieces of any size give the whole`(_ size: Int) throws {
        let (bytes, hasEnded) = try read(try Gzip.compress(content), inPiecesOf: size)
        #expect(bytes == content)
        #expect(hasEnded)
    }

    @Test func `a file that was cut has not ended`() throws {
        let compressed = try Gzip.compress(content)
        #expect(try read(Array(compressed.dropLast()), inPiecesOf: 100).hasEnded == false)
    }

    @Test func `a damaged file is refused`() throws {
        var compressed = try Gzip.compress(content)
        compressed[compressed.count - 6] ^= 1
        #expect(throws: LabError.self) { try read(compressed, inPiecesOf: 100) }
    }

    @Test func `what follows the end is left alone`() throws {
        let (bytes, hasEnded) = try read(try Gzip.compress([1, 2, 3]) + [9, 9, 9], inPiecesOf: 4)
        #expect(bytes == [1, 2, 3])
        #expect(hasEnded)
    }
}
