import Document
import LabHost
import PluginAPI
import Testing

@Suite("Rendered diagnostics")
struct DiagnosticRendererTests {
    private func render(_ line: String, column: Int, _ message: String = "wrong") -> String {
        let source = SourceFile(name: "p.yaml", bytes: line.utf8)
        let mark = SourceMark(file: "p.yaml", line: 1, column: column)
        return DiagnosticRenderer(sources: [source]).render(Diagnostic(at: mark, path: "", message))
    }

    @Test("show control characters as escapes and keep the caret in place")
    func controlCharacters() {
        #expect(
            render("a:\t\u{1B}[31mred\u{202E}", column: 9, "found \u{1B}]0;x\u{7}\nnext") == """
                p.yaml:1:9: error: found \\u{1b}]0;x\\u{7}\\nnext
                    1 | a:\\t\\u{1b}[31mred\\u{202e}
                      |               ^

                """
        )
    }

    @Test("cut a long line around the column")
    func longLine() {
        let line = String(repeating: "x", count: 500_000) + "HERE" + String(repeating: "y", count: 500_000)
        let shown = render(line, column: 500_001).split(separator: "\n")
        #expect(shown.count == 3)
        #expect(shown[1].count < 120)
        #expect(shown[1].dropFirst(shown[2].count - 1).hasPrefix("HERE"))
    }

    @Test("give wide characters the room that a terminal gives them")
    func wide() {
        #expect(
            render("k: 日本 x", column: 7) == """
                p.yaml:1:7: error: wrong
                    1 | k: 日本 x
                      |         ^

                """
        )
    }

    @Test("point behind the end of a line, and leave out a line that is not there")
    func edges() {
        #expect(render("ab", column: 3).hasSuffix("    1 | ab\n      |   ^\n"))
        #expect(render("ab", column: 30).hasSuffix("    1 | ab\n      |   ^\n"))
        let mark = SourceMark(file: "other.yaml", line: 3, column: 1)
        let diagnostic = Diagnostic(.warning, at: mark, path: "a.b", "odd")
        #expect(DiagnosticRenderer(sources: []).render(diagnostic) == "other.yaml:3:1: warning: a.b: odd\n")
    }
}

@Suite("Tag rules")
struct TagRulesTests {
    @Test(
        "are AWS's",
        arguments: [
            ("team", "data platform", true), ("größe", "日本", true), ("a", "", true), ("a:b/c=d+e-f@g.h_", "x", true),
            ("", "x", false), ("aws:x", "y", false), ("Aws:x", "y", false), ("awsome", "y", true), ("a", "x\ny", false),
            ("a<b", "y", false), ("ExpiresAt", "never", false),
        ]
    )
    func rules(key: String, value: String, isAllowed: Bool) {
        #expect((TagRules.fault(key: key, value: value) == nil) == isAllowed)
    }

    @Test("limit the lengths")
    func lengths() {
        let long = String(repeating: "x", count: 128)
        #expect(TagRules.fault(key: long, value: long + long) == nil)
        #expect(TagRules.fault(key: long + "x", value: "") != nil)
        #expect(TagRules.fault(key: "a", value: long + long + "x") != nil)
    }
}

@Suite("Plan paths")
struct PlanPathTests {
    @Test("read back as they are written", arguments: ["a", "a.b", "test_runs[0].producer_rate", "a[1][2].b"])
    func roundTrip(text: String) { #expect(PlanPath(text)?.description == text) }

    @Test("are not read from anything else", arguments: ["", ".", "a.", "[0]", "a[", "a[x]", "a[-1]", "a[0]b", "a..b"])
    func refusals(text: String) { #expect(PlanPath(text) == nil) }
}
