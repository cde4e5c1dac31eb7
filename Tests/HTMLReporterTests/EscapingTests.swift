import Testing

@testable import HTMLReporter

@Suite struct EscapingTests {
    @Test(arguments: [
        "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "</style><script>",
        "--><svg/onload=alert(1)>", "&lt;script&gt;", "]]>", "<!--", "{{7*7}}",
    ])
    func `text cannot leave the place that it is put into`(_ text: String) {
        let element: HTML = "<p>\(text)</p>"
        let attribute: HTML = "<p title=\"\(text)\"></p>"
        for (html, before, after) in [(element, "<p>", "</p>"), (attribute, "<p title=\"", "\"></p>")] {
            let inside = html.source.dropFirst(before.count).dropLast(after.count)
            #expect(!inside.contains { "<>\"'".contains($0) }, "\(inside)")
            let entities = inside.split(separator: "&", omittingEmptySubsequences: false).dropFirst()
            #expect(
                entities.allSatisfy { entity in
                    ["amp;", "lt;", "gt;", "quot;", "#39;"].contains { entity.hasPrefix($0) }
                }
            )
        }
    }

    @Test func `markup that was escaped is not escaped again`() {
        let inner: HTML = "<b>\("a & b")</b>"
        let outer: HTML = "<p>\(inner)\([inner, inner])</p>"
        #expect(outer.source == "<p><b>a &amp; b</b><b>a &amp; b</b><b>a &amp; b</b></p>")
    }

    @Test func `a length that is no number is no hole in the markup`() {
        let html: HTML =
            "<rect x=\"\(px: .nan)\" y=\"\(px: -.infinity)\" width=\"\(px: 12.34)\" height=\"\(px: -0.06)\"/>"
        #expect(html.source == "<rect x=\"0\" y=\"0\" width=\"12.3\" height=\"-0.1\"/>")
    }
}
