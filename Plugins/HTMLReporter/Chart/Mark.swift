/// A single value drawn as a mark, with words for hovering.
struct Mark: Sendable {
    /// What the mark says beside its place.
    enum Shape: Sendable {
        /// It holds.
        case filled
        /// It does not hold, or is doubtful.
        case hollow
    }

    var x: Double
    var y: Double
    var shape = Shape.filled
    /// Which of the palette's eight colours, from 1.
    var colour = 1
    /// What is said when one points at it.
    var words: String

    /// The mark on two axes.
    func html(_ x: Axis, _ y: Axis) -> HTML {
        let shape: HTML = shape == .filled ? "filled" : "hollow"
        return """
            <circle class="mark \(shape) s\(colour)" cx="\(px: x.scale.position(self.x))" \
            cy="\(px: y.scale.position(self.y))" r="4.5" data-tip="\(words)"/>
            """
    }
}

/// A straight line across a frame at one value, with words.
enum Rule {
    /// A line down at a value of the axis below.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - axis: The axis below.
    ///   - frame: The frame.
    ///   - words: What stands above the frame, at the line's top.
    ///   - isFaint: Whether another line means more.
    ///   - line: How many lines of words are above this one's: none for the higher of two values.
    /// - Returns: The line and its words.
    static func down(
        at value: Double,
        _ axis: Axis,
        _ frame: Frame,
        _ words: String,
        isFaint: Bool = false,
        line: Int = 0
    ) -> HTML {
        let x = axis.scale.position(value)
        // The words stand to the left where they have room: to the right a higher value's line may be.
        let isRight = x > 8 * Double(words.count)
        let anchor: HTML = isRight ? "end" : "start"
        let kind: HTML = isFaint ? "rule faint" : "rule"
        // Above the axis' title, so that no curve runs through them.
        let y = frame.top - roomAbove + 16 + 14 * Double(line)
        return """
            <path class="\(kind)" d="M\(px: x) \(px: y - 8)V\(px: frame.bottom)"/>\
            <text class="note" x="\(px: isRight ? x - 5 : x + 5)" y="\(px: y)" text-anchor="\(anchor)">\(words)</text>
            """
    }

    /// What two lines of words and the axis' title take above a frame.
    static let roomAbove = 54.0

    /// A line across at a value of the axis beside.
    static func across(at value: Double, _ axis: Axis, _ frame: Frame, _ words: String) -> HTML {
        let y = axis.scale.position(value)
        return """
            <path class="rule" d="M\(px: frame.left) \(px: y)H\(px: frame.right)"/>\
            <text class="note" x="\(px: frame.left + 4)" y="\(px: y - 4)">\(words)</text>
            """
    }
}
