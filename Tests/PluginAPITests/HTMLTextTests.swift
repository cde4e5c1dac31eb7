import PluginAPI
import Testing

@Suite struct HTMLTextTests {
    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</style><script>",
        "--><svg/onload=alert(1)>", "&lt;script&gt;", "]]>", "<!--", "{{7*7}}",
    ])
    func `text cannot leave an element or a quoted attribute`(_ text: String) {
        let inside = HTMLText.escaped(text)
        #expect(!inside.contains { "<>\"'".contains($0) }, "\(inside)")
        let entities = inside.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
        #expect(
            entities.allSatisfy { entity in
                ["amp;", "lt;", "gt;", "quot;", "#39;"].contains { entity.hasPrefix($0) }
            }
        )
    }

    @Test func `control characters and marks that turn text around are replaced`() {
        #expect(
            HTMLText.escaped("a\u{0}b\u{1b}[31m\u{202e}gpj.exe\u{2066}")
                == "a\u{fffd}b\u{fffd}[31m\u{fffd}gpj.exe\u{fffd}"
        )
        #expect(HTMLText.escaped("日本語 · naïve\n\tß") == "日本語 · naïve\n\tß")
    }
}
