import Document
import Testing

/// The message and place of the error that a text gives, as a compiler would print it; "no error" when there is none.
func fault(in text: String, limits: DocumentLimits = .plan) -> String {
    do throws(DocumentError) {
        _ = try YAML.parse(Array(text.utf8), file: "plan.yaml", limits: limits)
        return "no error"
    } catch { return error.description }
}

@Suite("YAML")
struct YAMLTests {
    private func parse(_ text: String) throws -> Node { try YAML.parse(Array(text.utf8), file: "plan.yaml") }

    @Test("keeps the order of the file and the place of every key and value")
    func positions() throws {
        let root = try parse("b: 1\na:\n  - \"x y\"\n  - é: 2\n")
        let entries = try #require(root.mapping?.entries)
        #expect(entries.map(\.key) == ["b", "a"])
        #expect(entries[1].keyMark == SourceMark(file: "plan.yaml", line: 2, column: 1, endLine: 2, endColumn: 2))
        let list = try #require(entries[1].value.sequence)
        #expect(list[0].mark == SourceMark(file: "plan.yaml", line: 3, column: 5, endLine: 3, endColumn: 10))
        #expect(list[1]["é"]?.mark.column == 8, "columns count characters, not bytes")
    }

    @Test(
        "types plain scalars by the core schema of YAML 1.2",
        arguments: [
            ("no", .string("no")), ("on", .string("on")), ("yes", .string("yes")), ("y", .string("y")),
            ("true", .bool(true)), ("False", .bool(false)), ("null", .null), ("~", .null), ("", .null),
            ("12", .int(12)), ("-7", .int(-7)), ("010", .int(10)), ("0o10", .int(8)), ("0x1F", .int(31)),
            ("0x-1", .string("0x-1")), ("1_000", .string("1_000")), ("12:30:45", .string("12:30:45")),
            ("3.10", .float(3.1)), ("1e3", .float(1000)), (".inf", .float(.infinity)), ("inf", .string("inf")),
            ("nan", .string("nan")), ("0x1p3", .string("0x1p3")), ("2001-01-01", .string("2001-01-01")),
            ("\"12\"", .string("12")), ("'true'", .string("true")), ("!!str 12", .string("12")),
            ("!!int \"12\"", .int(12)), ("! 12", .string("12")), ("99999999999999999999", .float(1e20)),
        ] as [(String, Scalar.Resolved)]
    )
    func coreSchema(text: String, meaning: Scalar.Resolved) throws {
        let value = try #require(try parse("v: \(text)")["v"]?.scalar)
        #expect(value.resolved == meaning)
    }

    @Test("keeps the text of a scalar as it is written")
    func text() throws {
        #expect(try parse("v: 3.10")["v"]?.text == "3.10")
        #expect(try parse("v: 007")["v"]?.text == "007")
        #expect(try parse("v: |\n  a\n  b\n")["v"]?.text == "a\nb\n")
    }

    @Test("lets an alias stand for the value at its anchor, position included")
    func aliases() throws {
        let root = try parse("a: &x {k: 1}\nb: *x\n")
        #expect(root["b"] == root["a"])
        #expect(root["b"]?["k"]?.mark.line == 1)
    }

    @Test("skips a byte order mark and reads Windows line ends")
    func byteOrderMark() throws {
        let root = try parse("\u{FEFF}a: 1\r\nb: 2\r\n")
        #expect(root["a"]?.mark.column == 4)
        #expect(root["b"]?.text == "2")
    }

    @Test(
        "refuses what it does not take, and says where",
        arguments: [
            ("", "plan.yaml: error: the file is empty"),
            (" \n\n", "plan.yaml: error: the file is empty"),
            ("# only a comment\n", "plan.yaml: error: the file is empty"),
            ("a: 1\nb: 2\na: 3\n", "plan.yaml:3:1: error: the key \"a\" is here twice; first at line 1"),
            ("a: 1\n---\nb: 2\n", "plan.yaml:2:1: error: a second document starts here; one file holds one document"),
            ("a: *x\n", "plan.yaml:1:4: error: the alias *x has no anchor before it"),
            ("a: &x [*x]\n", "plan.yaml:1:8: error: the alias *x has no anchor before it"),
            ("? [a, b]\n: 1\n", "plan.yaml:1:3: error: a key must be a single text"),
            (
                "a: !ruby/object:X 1\n",
                "plan.yaml:1:4: error: the tag !ruby/object:X is not one that is understood here"
            ),
            ("a: !!binary aGk=\n", "plan.yaml:1:4: error: the tag !!binary is not one that is understood here"),
            (
                "a: [1, 2\nb: 3\n",
                "plan.yaml:2:2: error: not valid YAML: did not find expected ',' or ']', "
                    + "while parsing a flow sequence that starts at line 1"
            ),
            (
                "a:\n\tb: 1\n",
                "plan.yaml:2:1: error: not valid YAML: found character that cannot start any token, "
                    + "while scanning for the next token"
            ),
        ]
    )
    func refusals(text: String, message: String) { #expect(fault(in: text) == message) }

    @Test("refuses control characters")
    func controlCharacters() {
        #expect(fault(in: "a: 1\nb: \u{1B}[31m\n").contains("control characters are not allowed (U+1B)"))
        #expect(fault(in: "a: \u{0}\n").contains("control characters are not allowed (U+0)"))
    }

    @Test("finds a duplicate among many keys as well as among few")
    func manyKeys() {
        let keys = (0..<500).map { "k\($0): \($0)\n" }.joined()
        #expect(fault(in: keys) == "no error")
        #expect(fault(in: keys + "k3: x\n") == "plan.yaml:501:1: error: the key \"k3\" is here twice; first at line 4")
    }

    @Test("names the first byte that is not UTF-8")
    func notUTF8() {
        let bytes = Array("a: 1\nb: é".utf8) + [0xFF, 0x0A]
        #expect {
            try YAML.parse(bytes, file: "plan.yaml")
        } throws: {
            "\($0)" == "plan.yaml:2:5: error: not UTF-8 text: byte 0xFF at offset 10"
        }
        #expect {
            try YAML.parse([0xFF, 0xFE, 0x61, 0x00], file: "plan.yaml")
        } throws: {
            "\($0)" == "plan.yaml:1:1: error: not UTF-8 text but UTF-16"
        }
    }
}

@Suite("YAML limits")
struct YAMLLimitTests {
    @Test("accepts 64 levels and refuses 65, in either style")
    func depth() {
        let flow = { (levels: Int) in
            String(repeating: "[", count: levels - 1) + "1" + String(repeating: "]", count: levels - 1)
        }
        #expect(fault(in: flow(64)) == "no error")
        #expect(fault(in: flow(65)) == "plan.yaml:1:64: error: nested more than 64 levels deep")
        #expect(
            fault(in: String(repeating: "[", count: 1_000_000))
                == "plan.yaml:1:64: error: nested more than 64 levels deep"
        )
        let block = (0..<100).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
        #expect(fault(in: block).contains("nested more than 64 levels deep"))
    }

    @Test("counts what an alias adds to the depth")
    func depthThroughAliases() {
        let inner = String(repeating: "[", count: 40) + String(repeating: "]", count: 40)
        let outer = String(repeating: "[", count: 40) + "*x" + String(repeating: "]", count: 40)
        #expect(fault(in: "a: &x \(inner)\nb: \(outer)\n").hasSuffix("nested more than 64 levels deep"))
    }

    @Test("refuses an alias bomb before it goes off")
    func aliasBomb() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(fault(in: text).hasSuffix("more than 200000 values, with its aliases unfolded"))
    }

    @Test("refuses more bytes than the limit")
    func size() {
        let text = "a: " + String(repeating: "x", count: 1 << 20)
        #expect(fault(in: text) == "plan.yaml: error: larger than the 1 MB that are accepted")
    }
}

@Suite("Quoted scalars")
struct QuotedTests {
    @Test(
        "come back as the same text, through YAML and through JSON",
        arguments: [
            "", "plain", "a\"b", "back\\slash", "two\nlines\r\n", "tab\t", "$(rm -rf /)", "'single'", "# no comment",
            "- no list", "\u{0}\u{1B}[31m\u{7F}\u{85}", "\u{2028}\u{2029}\u{FEFF}", "é 日本 🚀", "true", "~", " spaces ",
        ]
    )
    func roundTrip(text: String) throws {
        let quoted = YAML.quoted(text)
        #expect(!quoted.unicodeScalars.contains { $0.properties.generalCategory == .control })
        let yaml = try #require(try YAML.parse(Array("v: \(quoted)\n".utf8), file: "t")["v"]?.scalar)
        #expect(yaml.resolved == .string(text))
        let json = try #require(try JSON.parse(Array(quoted.utf8), file: "t").scalar)
        #expect(json.resolved == .string(text))
    }
}

@Suite("Flow YAML")
struct FlowTests {
    @Test("is one line that reads back as the same values")
    func roundTrip() throws {
        let text = """
            a: 1
            b: "1"
            c: [true, ~, 3.10, .inf, "no", x y, {}]
            d: {nested: "line\\nbreak", "odd: key": 0x1F}
            e: !!str 5
            """
        let flow = YAML.flow(try YAML.parse(Array(text.utf8), file: "f"))
        #expect(
            flow == #"{"a": 1, "b": "1", "c": [true, null, 3.10, .inf, "no", "x y", {}], "#
                + #""d": {"nested": "line\nbreak", "odd: key": 0x1F}, "e": "5"}"#
        )
        #expect(YAML.flow(try YAML.parse(Array(flow.utf8), file: "f")) == flow)
    }
}

@Suite("Merge keys") struct MergeKeyTests {
    private func parse(_ text: String) throws -> Node { try YAML.parse(Array(text.utf8), file: "f.yaml") }

    @Test func `bring in what is not there already, from where it is written`() throws {
        let root = try parse("base: &b {x: 1, y: 2}\nown:\n  <<: *b\n  y: 3\n")
        let own = try #require(root["own"]?.mapping)
        #expect(own.entries.map(\.key) == ["y", "x"])
        #expect(own["y"]?.text == "3")
        #expect(own["x"]?.mark.line == 1)
        #expect(own["y"]?.mark.line == 4)
    }

    @Test func `of several mappings the earlier one wins`() throws {
        let root = try parse("a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}\n")
        #expect(root["c"]?["x"]?.text == "1")
        #expect(root["c"]?["y"]?.text == "2")
    }

    @Test func `in quotes are keys like any other`() throws {
        #expect(try parse("\"<<\": 1\n")["<<"]?.text == "1")
    }

    @Test(arguments: ["a: {<<: 3}\n", "a: {<<: [1]}\n", "b: &b {x: 1}\na: {<<: *b, <<: *b}\n"])
    func `take mappings only, once`(_ text: String) {
        #expect(throws: DocumentError.self) { try parse(text) }
    }
}

@Suite("YAML with a line for each value") struct YAMLBlockTests {
    @Test func `reads back as the same values`() throws {
        let text = """
            a: {b: [1, 2, {c: null}], "weird: key": "x\\ny", no: "no", "3": "3.10", empty: {}, none: []}
            list: [[1, [2]], {k: v}]
            version: "3.0"
            plain: 3.10
            """
        let node = try YAML.parse(Array(text.utf8), file: "f")
        let block = YAML.block(node)
        #expect(YAML.flow(try YAML.parse(Array(block.utf8), file: "f")) == YAML.flow(node))
        #expect(JSON.text(node).hasPrefix("{\n  \"a\": {\n"))
        #expect(YAML.flow(try YAML.parse(Array(JSON.text(node).utf8), file: "f")) == YAML.flow(node))
    }
}
