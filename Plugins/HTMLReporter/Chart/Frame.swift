/// The part of a drawing that holds its marks, in pixels from the top left.
struct Frame: Sendable {
    var left: Double
    var top: Double
    var right: Double
    var bottom: Double

    /// The frame within a drawing, with room for the axes' words.
    init(width: Double, top: Double = 26, height: Double, left: Double = 46, right: Double = 10) {
        self.left = left
        self.top = top
        self.right = width - right
        bottom = top + height
    }

    /// How wide it is.
    var width: Double { right - left }
}
