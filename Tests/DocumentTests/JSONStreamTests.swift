import Document
import Testing

@Suite("JSON read token by token")
struct JSONStreamTests {
    private func tokens(_ text: String, piece: Int = 1 << 16) throws -> [JSONStream.Token] {
        var rest = Array(text.utf8)[...]
        var stream = JSONStream(file: "r.json") {
            defer { rest = rest.dropFirst(piece) }
            return Array(rest.prefix(piece))
        }
        var tokens: [JSONStream.Token] = []
        while true {
            let token = try stream.next()
            if token == .end { return tokens }
            tokens.append(token)
        }
    }

    private func fault(in text: String) -> String {
        do {
            return "no error: \(try tokens(text))"
        } catch { return "\(error)" }
    }

    private let text = """
        { "b" : [ 0.1, 5.42E-5 ,-3, [] ],
          "é\\"\\u0041\\ud83d\\ude00": {"x":"3\\n"}, "t": true, "f":false, "n": null,
          "e": [], "o": {} }
        """

    @Test("gives every value in order, however the text is cut into pieces", arguments: [1, 2, 3, 7, 1000])
    func order(piece: Int) throws {
        let expected: [JSONStream.Token] = [
            .beginObject, .key("b"), .beginArray, .number(0.1), .number(5.42e-5), .number(-3), .beginArray, .endArray,
            .endArray, .key("é\"A😀"), .beginObject, .key("x"), .string("3\n"), .endObject, .key("t"), .bool(true),
            .key("f"), .bool(false), .key("n"), .null, .key("e"), .beginArray, .endArray, .key("o"), .beginObject,
            .endObject, .endObject,
        ]
        #expect(try tokens(text, piece: piece) == expected)
        #expect(try tokens("\u{feff}" + text, piece: piece) == expected)
    }

    @Test("reads a number as the standard library does, to the last bit")
    func numbers() throws {
        var texts = [
            "0", "-0", "0.0", "1e0", "1E+2", "123456789012345678", "9007199254740993", "0.1", "1e22", "1e23", "1e-22",
            "1e-23", "4.9e-324", "2.2250738585072011e-308", "1.7976931348623157e308", "0.000001", "1e-400",
            "123456789012345678901234567890", "0.30000000000000004", "100000000000000000000000e-5", "1.0e+000000005",
        ]
        var seed: UInt64 = 7
        for _ in 0..<2000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = Double(bitPattern: seed)
            if value.isFinite { texts.append("\(value)") }
            texts.append("\(Double(seed >> 40) / 1000)")
        }
        for text in texts {
            let token = try #require(try tokens("[\(text)]").dropFirst().first)
            guard case .number(let number) = token, let expected = Double(text) else {
                Issue.record("\(text)")
                continue
            }
            #expect(number.bitPattern == expected.bitPattern, "\(text)")
        }
    }

    @Test("reads over what is not wanted")
    func skipping() throws {
        var stream = JSONStream(Array(#"{"a": [1, {"b": [2]}], "c": 3}"#.utf8), file: "r.json")
        #expect(try stream.next() == .beginObject)
        #expect(try stream.next() == .key("a"))
        try stream.skipValue()
        #expect(try stream.next() == .key("c"))
        try stream.skipValue()
        #expect(try stream.next() == .endObject)
        #expect(try stream.next() == .end)
        #expect(try stream.next() == .end)
    }

    @Test(
        "refuses what is not JSON, and says where",
        arguments: [
            ("", "1:1: error: not valid JSON: expected a value, found the end of the file"),
            ("{\"a\": }", "1:7: error: not valid JSON: expected a value, found \"}\""),
            ("{\"a\" 1}", "1:6: error: not valid JSON: expected \":\", found \"1\""),
            ("{a: 1}", "1:2: error: not valid JSON: expected a key in quotes, found \"a\""),
            ("{\"a\": 1,}", "1:9: error: not valid JSON: expected a key in quotes, found \"}\""),
            ("[1,]", "1:4: error: not valid JSON: expected a value, found \"]\""),
            ("[1 2]", "1:4: error: not valid JSON: expected \",\" or \"]\", found \"2\""),
            ("[1, 2", "1:6: error: not valid JSON: expected \",\" or \"]\", found the end of the file"),
            ("{\"a\": NaN}", "1:7: error: not valid JSON: expected a value, found \"N\""),
            ("[1]\n trailing", "2:2: error: not valid JSON: expected the end, found \"t\""),
            ("[tru]", "1:5: error: not valid JSON: expected true, found \"]\""),
            ("[01]", "1:3: error: not valid JSON: expected \",\" or \"]\", found \"1\""),
            ("[1.]", "1:4: error: not valid JSON: expected a digit, found \"]\""),
            ("[-]", "1:3: error: not valid JSON: expected a digit, found \"]\""),
            ("[1e999]", "1:7: error: not valid JSON: a number that is too large"),
            ("[\"é", "1:4: error: not valid JSON: expected the end of the string, found the end of the file"),
            ("[\"\\ud800\"]", "1:9: error: not valid JSON: half of a surrogate pair"),
            ("[\"\\x\"]", "1:5: error: not valid JSON: an unknown escape, found \"x\""),
            ("[\"a\u{1}\"]", "1:4: error: not valid JSON: a control character in a string, found the byte 0x1"),
        ]
    )
    func refusals(text: String, message: String) { #expect(fault(in: text) == "r.json:" + message) }

    @Test("has limits for depth and for the length of a string")
    func limits() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(fault(in: deep) == "r.json:1:65: error: not valid JSON: nested more than 64 levels deep")
        #expect(fault(in: "\"" + String(repeating: "x", count: 2_000_000)).contains("a string of over"))
        #expect(fault(in: String(repeating: "1", count: 2_000_000)).contains("a number of over"))
    }

    @Test("passes on the error of whoever gives the bytes, and refuses bytes that are no text")
    func errors() {
        struct Broken: Error {}
        var stream = JSONStream(file: "r.json") { throw Broken() }
        #expect(throws: Broken.self) { try stream.next() }
        var bytes = JSONStream([0x22, 0xC3, 0x28, 0x22], file: "r.json")
        #expect(throws: DocumentError.self) { try bytes.next() }
    }
}
