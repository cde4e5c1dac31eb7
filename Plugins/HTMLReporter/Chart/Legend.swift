/// What the lines are, in words beside a short piece of each.
enum Legend {
    /// The legend of some series.
    static func html(_ series: [Series]) -> HTML {
        let entries = series.html { series in
            let classes = "line s\(series.colour)" + (series.isDashed ? " dashed" : "")
            return """
                <li><svg width="22" height="8" aria-hidden="true"><path class="\(classes)" d="M1 4H21"/></svg>\
                \(series.name)</li>
                """
        }
        return "<ul class=\"legend\">\(entries)</ul>"
    }
}
