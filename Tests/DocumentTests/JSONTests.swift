import Document
import Testing

@Suite("JSON")
struct JSONTests {
    private func parse(_ text: String) throws -> Node { try JSON.parse(Array(text.utf8), file: "r.json") }

    private func fault(in text: String, limits: DocumentLimits = .result) -> String {
        do throws(DocumentError) {
            _ = try JSON.parse(Array(text.utf8), file: "r.json", limits: limits)
            return "no error"
        } catch { return error.description }
    }

    @Test("keeps the order of the text, the text of numbers and the place of everything")
    func positions() throws {
        let root = try parse(
            """
            { "b" : [ 0.1, 5.42E-5 ,-3 ],
              "é\\"\\u0041": {"x":"3"}, "t": true, "n": null,
              "e": [], "o": {} }
            """
        )
        let entries = try #require(root.mapping?.entries)
        #expect(entries.map(\.key) == ["b", "é\"A", "t", "n", "e", "o"])
        #expect(root["b"]?.sequence?.map(\.text) == ["0.1", "5.42E-5", "-3"])
        #expect(
            root["b"]?.sequence?[1].mark == SourceMark(file: "r.json", line: 1, column: 16, endLine: 1, endColumn: 23)
        )
        #expect(entries[1].keyMark.column == 3)
        #expect(root["é\"A"]?["x"]?.mark.column == 21)
        #expect(root["é\"A"]?["x"]?.scalar?.resolved == .string("3"))
        #expect(root["t"]?.scalar?.resolved == .bool(true))
        #expect(root["n"]?.isNull == true)
        #expect(root["o"]?.mark.description == "r.json:3:17")
        #expect(root.mark.endLine == 3)
    }

    @Test(
        "refuses what is not JSON, and says where",
        arguments: [
            ("", "r.json: error: the file is empty"),
            ("{\"a\": 1, \"a\": 2}", "r.json:1:12: error: not valid JSON: duplicate object key near '\"a\"'"),
            ("{\"a\": }", "r.json:1:7: error: not valid JSON: unexpected token near '}'"),
            ("[1, 2", "r.json:1:5: error: not valid JSON: ']' expected near end of file"),
            ("{\"a\": NaN}", "r.json:1:9: error: not valid JSON: invalid token near 'NaN'"),
            ("[1] trailing", "r.json:1:12: error: not valid JSON: end of file expected near 'trailing'"),
            (
                "[99999999999999999999]",
                "r.json:1:21: error: not valid JSON: too big integer near '99999999999999999999'"
            ),
            ("[\n 7\u{0}]", "r.json:2:3: error: not valid JSON: the control character U+0000"),
        ]
    )
    func refusals(text: String, message: String) { #expect(fault(in: text) == message) }

    @Test("limits depth and number of values")
    func limits() {
        let deep = String(repeating: "[", count: 100) + String(repeating: "]", count: 100)
        #expect(fault(in: deep) == "r.json:1:65: error: nested more than 64 levels deep")
        #expect(fault(in: String(repeating: "[", count: 1_000_000)).contains("maximum parsing depth reached"))
        let limits = DocumentLimits(bytes: 100, nodes: 3)
        #expect(fault(in: "[1,2]", limits: limits) == "no error")
        #expect(fault(in: "[1,2,3]", limits: limits) == "r.json:1:6: error: more than 3 values")
    }
}
