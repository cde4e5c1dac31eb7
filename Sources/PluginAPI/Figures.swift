/// Numbers as people read them.
public enum Figures {
    /// A rate or a count: `9,998`, `31.8k`, `1.25M`.
    public static func rate(_ value: Double) -> String {
        switch abs(value) {
        case ..<0.05: "0"
        case ..<100: decimal(value, places: 1)
        case ..<10_000: grouped(Int(value.rounded()))
        case ..<1_000_000: decimal(value / 1000, places: 1) + "k"
        default: decimal(value / 1_000_000, places: 2) + "M"
        }
    }

    /// A latency: `0.13 ms`, `4.2 ms`, `850 ms`, `12.4 s`.
    public static func milliseconds(_ value: Double) -> String {
        switch value {
        case ..<1: decimal(value, places: 2) + " ms"
        case ..<100: decimal(value, places: 1) + " ms"
        case ..<10_000: grouped(Int(value.rounded())) + " ms"
        default: decimal(value / 1000, places: 1) + " s"
        }
    }

    /// An amount in USD: `$1,204`, `$3.20`, `$0.0104`, `$0.000012`; less than nothing with a minus sign before it.
    public static func usd(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "$?" }
        let amount = abs(value)
        let text =
            switch amount {
            case ..<0.0000005: "0.00"
            case ..<0.001: decimal(amount, places: 6)
            case ..<0.1: decimal(amount, places: 4)
            case ..<1: decimal(amount, places: 3)
            case ..<1000: decimal(amount, places: 2)
            default: grouped(Int(amount.rounded()))
            }
        return (value < 0 && text != "0.00" ? "-$" : "$") + text
    }

    /// A whole number with commas.
    public static func grouped(_ value: Int) -> String {
        let digits = Array(String(value.magnitude))
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// A number with a fixed number of decimal places, up to six.
    public static func decimal(_ value: Double, places: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return String(value) }
        let scale = [1.0, 10, 100, 1000, 10_000, 100_000, 1_000_000][min(max(places, 0), 6)]
        let scaled = Int((value.magnitude * scale).rounded())
        let sign = value < 0 && scaled > 0 ? "-" : ""
        guard places > 0 else { return sign + String(scaled) }
        let fraction = String(scaled % Int(scale))
        return "\(sign)\(scaled / Int(scale))." + String(repeating: "0", count: places - fraction.count) + fraction
    }
}
