public import PluginAPI

extension Figures {
    /// An amount, or that it is not known.
    public static func cost(_ cost: Cost) -> String { cost.usd.map(usd) ?? "unknown" }

    /// An amount, or that it is not known and why.
    public static func explained(_ cost: Cost) -> String {
        cost.usd.map(usd) ?? "unknown (\(Printable.line(cost.reason ?? "nobody knows why")))"
    }
}
