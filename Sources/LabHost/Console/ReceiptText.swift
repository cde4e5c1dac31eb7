public import PluginAPI

/// The receipt and the report's whereabouts, as the last lines that a command prints.
public enum ReceiptText {
    /// The receipt in a line or more.
    public static func render(_ receipt: Receipt) -> String {
        var lines = ["receipt: created \(receipt.created), verified absent \(receipt.verifiedAbsent)"]
        if !receipt.isVerified { lines[0] += ", not verified" }
        lines += Self.lines(receipt.remaining)
        return lines.joined(separator: "\n")
    }

    /// What is still there, why, and the command that would delete it.
    public static func lines(_ remaining: [TeardownOutcome.Remaining]) -> [String] {
        remaining.flatMap { item in
            ["  still there: \(item.kind) \(item.id)\(cost(item.perHour)): \(Printable.line(item.reason))"]
                + (item.command.map { ["    \(Printable.line($0))"] } ?? [])
        }
    }

    private static func cost(_ perHour: Cost?) -> String {
        switch perHour {
        case .usd(0)?: ", free"
        case .usd(let amount)?: ", \(Figures.usd(amount)) an hour"
        case .unknown?, nil: ", at an unknown price"
        }
    }
}
