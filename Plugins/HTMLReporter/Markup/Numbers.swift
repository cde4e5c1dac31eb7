import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Numbers as the page shows them. What is unknown is a dash.
enum Numbers {
    /// What stands for a number that is not known.
    static let unknown = "–"

    /// A rate or a count to the unit: `9,998`.
    static func whole(_ value: Double?) -> String {
        guard let value, let whole = Int(exactly: value.rounded()) else { return unknown }
        return Figures.grouped(whole)
    }

    /// A whole number: `9,998`.
    static func whole(_ value: Int?) -> String { value.map(Figures.grouped) ?? unknown }

    /// About four digits that matter, without zeros that say nothing: `0.1234`, `12.3`, `9,998`.
    static func significant(_ value: Double?) -> String {
        guard let value, value.isFinite else { return unknown }
        let places =
            switch value.magnitude {
            case 0: 0
            case ..<0.1: 4
            case ..<1: 3
            case ..<100: 2
            case ..<1000: 1
            default: 0
            }
        return places == 0 ? whole(value) : trimmed(Figures.decimal(value, places: places))
    }

    /// A latency in milliseconds with as many places as a column of them needs: `0.84`, `12.31`, `1,204`.
    static func latency(_ value: Double?) -> String {
        guard let value, value.isFinite else { return unknown }
        return value < 1000 ? Figures.decimal(value, places: value < 100 ? 2 : 1) : whole(value)
    }

    /// A mark on an axis: `0.5`, `20`, `50k`, `1.2M`.
    static func short(_ value: Double) -> String {
        switch value.magnitude {
        case ..<1e-9: "0"
        case ..<1000: trimmed(Figures.decimal(value, places: value.magnitude < 0.01 ? 5 : value.magnitude < 1 ? 3 : 1))
        case ..<1e6: trimmed(Figures.decimal(value / 1000, places: 1)) + "k"
        default: trimmed(Figures.decimal(value / 1e6, places: 2)) + "M"
        }
    }

    /// An amount in USD, finer where it is small: `$0.0042`, `$1.25`.
    static func dollars(_ value: Double) -> String {
        let places = value.magnitude >= 1 ? 2 : value.magnitude >= 0.01 ? 3 : 5
        return "$" + Figures.decimal(value, places: places)
    }

    /// A share in percent.
    static func percent(_ share: Double) -> String { Figures.decimal(share * 100, places: 1) + " %" }

    /// A length of time.
    static func duration(seconds: Double) -> String { Durations.short(.seconds(max(seconds, 0))) }

    /// A time to the minute, in UTC.
    static func minute(_ date: Date) -> String {
        let text = date.formatted(.iso8601)
        return text.prefix(16).replacing("T", with: " ") + " UTC"
    }

    /// A percentile: `99.9 %`.
    static func percentile(_ value: Double) -> String { trimmed(Figures.decimal(value, places: 4)) + " %" }

    /// Without zeros at the end of a fraction.
    static func trimmed(_ text: String) -> String {
        guard text.contains(".") else { return text }
        var text = Substring(text)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return String(text)
    }
}
