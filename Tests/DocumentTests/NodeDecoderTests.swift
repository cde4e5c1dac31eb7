import Document
import Testing

@Suite("NodeDecoder")
struct NodeDecoderTests {
    private func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try NodeDecoder().decode(type, from: YAML.parse(Array(text.utf8), file: "p.yaml"))
    }

    private func fault<Value: Decodable>(_ type: Value.Type, _ text: String) -> String {
        do {
            return "no error: \(try decode(type, text))"
        } catch { return "\(error)" }
    }

    private struct Sample: Decodable, Equatable {
        enum Colour: String, Decodable { case red, green }

        var version: String
        var count: Int
        var small: UInt8?
        var rate: Double
        var flag: Bool
        var wait: Duration
        var colour: Colour?
        var list: [Int]
        var nested: [String: [String: Double]]
        var absent: String?
    }

    private let text = """
        version: 3.10
        count: 0x10
        small: 255
        rate: 5
        flag: true
        wait: 1h30m
        colour: red
        list: [1, 2]
        nested: {a: {"99.9": 1.5}}
        absent:
        """

    @Test("makes typed values, arrays, dictionaries and optionals")
    func values() throws {
        let sample = try decode(Sample.self, text)
        #expect(
            sample
                == Sample(
                    version: "3.10",
                    count: 16,
                    small: 255,
                    rate: 5,
                    flag: true,
                    wait: .seconds(5400),
                    colour: .red,
                    list: [1, 2],
                    nested: ["a": ["99.9": 1.5]],
                    absent: nil
                )
        )
    }

    @Test(
        "names the place, the path and what was expected",
        arguments: [
            ("count: 0x10", "count: many", "p.yaml:2:8: error: count: expected a whole number, found \"many\""),
            ("count: 0x10", "count: '16'", "p.yaml:2:8: error: count: expected a whole number, found \"16\""),
            (
                "small: 255", "small: 256",
                "p.yaml:3:8: error: small: expected a whole number from 0 to 255, found 256"
            ),
            ("flag: true", "flag: yes", "p.yaml:5:7: error: flag: expected true or false, found \"yes\""),
            ("list: [1, 2]", "list: [1, {}]", "p.yaml:8:11: error: list[1]: expected a whole number, found a mapping"),
            ("1.5}", "x}", "p.yaml:9:22: error: nested.a.99.9: expected a number, found \"x\""),
            ("rate: 5", "", "p.yaml:1:1: error: the key \"rate\" is missing"),
            ("version: 3.10", "version: ~", "p.yaml:1:10: error: version: expected text, found nothing"),
            (
                "wait: 1h30m", "wait: 30",
                "p.yaml:6:7: error: wait: expected a length of time such as 90s, 30m or 1h30m, found 30"
            ),
        ]
    )
    func faults(original: String, replacement: String, message: String) throws {
        let place = try #require(text.firstRange(of: original))
        #expect(fault(Sample.self, text.replacingCharacters(in: place, with: replacement)) == message)
    }

    @Test("places an error that a type's own initialiser throws")
    func ownErrors() {
        #expect(fault([String: Sample.Colour].self, "x: red\ny: blue\n").hasPrefix("p.yaml:2:4: error: y: "))
    }

    @Test("keeps nodes and places for those who ask for them")
    func nodesAndPlaces() throws {
        let values = try decode([Located<String>].self, "- a\n- b\n")
        #expect(values.map(\.mark.description) == ["p.yaml:1:3", "p.yaml:2:3"])
        #expect(try decode([String: Node].self, "k: {a: 1}")["k"]?["a"]?.text == "1")
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}

@Suite("Lengths of time")
struct DurationTextTests {
    @Test(
        "are read from units in falling order",
        arguments: [
            ("90s", 90), ("30m", 1800), ("3h", 10_800), ("1h30m", 5400), ("1d", 86_400), ("0s", 0), ("", nil),
            ("30", nil),
            ("m", nil), ("30m1h", nil), ("1h1h", nil), ("-1m", nil), ("1.5h", nil), ("1 h", nil), ("9999999999s", nil),
            ("400d", nil),
        ] as [(String, Int?)]
    )
    func parse(text: String, seconds: Int?) { #expect(DurationText.parse(text) == seconds.map { .seconds($0) }) }

    @Test("are written the same way")
    func write() {
        #expect(DurationText.text(.seconds(5400)) == "1h30m")
        #expect(DurationText.text(.seconds(61)) == "1m1s")
        #expect(DurationText.text(.zero) == "0s")
    }
}
