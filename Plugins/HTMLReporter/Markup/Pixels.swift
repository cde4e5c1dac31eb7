/// Lengths as they stand in SVG.
enum Pixels {
    /// The length to a tenth, without a decimal place that says nothing; 0 for what is no number.
    static func text(_ length: Double) -> String {
        guard length.isFinite, length.magnitude < 1e9 else { return "0" }
        let tenths = Int((length * 10).rounded())
        let sign = tenths < 0 ? "-" : ""
        let fraction = tenths.magnitude % 10
        return fraction == 0 ? "\(sign)\(tenths.magnitude / 10)" : "\(sign)\(tenths.magnitude / 10).\(fraction)"
    }
}
