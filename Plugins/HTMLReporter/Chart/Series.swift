/// Values that belong together, drawn as a line or as marks.
struct Series: Sendable {
    /// A value beside another, and what is said when one points at it; nil for the two numbers alone.
    struct Point: Sendable {
        var x: Double
        var y: Double
    }

    /// What it is, for the legend and for hovering.
    var name: String
    /// Which of the palette's eight colours, from 1.
    var colour: Int
    /// Whether the line is broken: doubtful, or wanted rather than measured.
    var isDashed = false
    /// The values, by rising x.
    var points: [Point]

    /// The most points that a line is drawn with: more than a screen can show apart.
    static let mostPoints = 160

    /// The line, with its exact values for hovering.
    func line(_ x: Axis, _ y: Axis) -> HTML {
        let shown = Downsample.extremes(of: points.filter { $0.x.isFinite && $0.y.isFinite }, to: Self.mostPoints)
        guard !shown.isEmpty else { return HTML() }
        var path = ""
        for (index, point) in shown.enumerated() {
            path += index == 0 ? "M" : "L"
            path += Pixels.text(x.scale.position(point.x)) + " " + Pixels.text(y.scale.position(point.y))
        }
        // A single value has no line; a dot of the line's own width shows it.
        if shown.count == 1 { path += "h.1" }
        let classes = "line s\(colour)" + (isDashed ? " dashed" : "")
        return """
            <path class="\(classes)" data-name="\(name)" data-x="\(shown.map { x.label($0.x) }.joined(separator: "|"))" \
            data-y="\(shown.map { Numbers.significant($0.y) }.joined(separator: "|"))" d="\(path)"/>
            """
    }
}
