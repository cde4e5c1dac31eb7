/// A drawing with its words: a figure that a screen reader can name, and that points at its table.
struct Drawing: Sendable {
    /// The heading above it.
    var title: HTML
    /// A second line, smaller.
    var subtitle = HTML()
    /// What it shows, in one sentence, for those who do not see it.
    var summary: String
    var width: Double
    var height: Double
    /// The marks.
    var content: HTML
    /// Whether pointing at it shows the lines' values at that place.
    var hasValues = true

    /// The figure.
    var html: HTML {
        """
        <figure>\(caption)\(svg)</figure>
        """
    }

    /// The drawing alone, for a figure that holds several.
    var svg: HTML {
        let values: HTML = hasValues ? " data-values" : ""
        return """
            <svg viewBox="0 0 \(px: width) \(px: height)" width="\(px: width)" height="\(px: height)" role="img" \
            aria-label="\(summary)"\(values)>\(content)</svg>
            """
    }

    private var caption: HTML {
        guard !title.isEmpty else { return HTML() }
        let second: HTML = subtitle.isEmpty ? HTML() : "<small>\(subtitle)</small>"
        return "<figcaption>\(title)\(second)</figcaption>"
    }
}

/// One chart in two sizes, of which the page shows the one that fits, so that its words are always as large as the page's.
enum Responsive {
    /// The widths that are drawn: of a desk's screen and of a phone's.
    static let wide = 1000.0
    static let narrow = 328.0

    /// The two drawings.
    static func html(_ draw: (Double) -> HTML) -> HTML {
        "<div class=\"wide\">\(draw(wide))</div><div class=\"narrow\">\(draw(narrow))</div>"
    }
}
