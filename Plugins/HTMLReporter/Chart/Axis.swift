/// A scale with its words: what is measured, in what unit, and how a mark reads.
struct Axis: Sendable {
    /// The scale.
    let scale: Scale
    /// What is measured, with its unit: `p99 publish latency, ms`.
    let title: String
    /// How a mark reads.
    let label: @Sendable (Double) -> String

    /// Makes an axis.
    init(_ scale: Scale, _ title: String, label: @escaping @Sendable (Double) -> String = Numbers.short) {
        self.scale = scale
        self.title = title
        self.label = label
    }

    /// Whether the title is a mere unit, which the last mark carries.
    private var isUnit: Bool { title.count <= 3 }

    /// How much room the axis needs below a frame.
    var depth: Double { isUnit ? 20 : 36 }

    /// The axis below a frame, with a faint line up at each mark.
    func below(_ frame: Frame) -> HTML {
        let marks = scale.ticks.html { tick in
            let x = scale.position(tick)
            let unit = isUnit && tick == scale.ticks.last ? " \(title)" : ""
            return """
                <path class="grid" d="M\(px: x) \(px: frame.top)V\(px: frame.bottom)"/>\
                <text x="\(px: x)" y="\(px: frame.bottom + 15)" text-anchor="middle">\(label(tick))\(unit)</text>
                """
        }
        guard !isUnit else { return marks }
        return """
            \(marks)<text class="axis" x="\(px: frame.right)" y="\(px: frame.bottom + 31)" text-anchor="end">\
            \(title)</text>
            """
    }

    /// The axis left of a frame, with a faint line across at each mark and the title above.
    func beside(_ frame: Frame) -> HTML {
        let marks = scale.ticks.html { tick in
            let y = scale.position(tick)
            return """
                <path class="grid" d="M\(px: frame.left) \(px: y)H\(px: frame.right)"/>\
                <text x="\(px: frame.left - 6)" y="\(px: y + 4)" text-anchor="end">\(label(tick))</text>
                """
        }
        return """
            \(marks)<text class="axis" x="0" y="\(px: frame.top - 12)">\(title)</text>
            """
    }
}
