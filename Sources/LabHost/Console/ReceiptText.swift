import PluginAPI

/// The receipt and the report's whereabouts, as the last lines that a command prints.
public enum ReceiptText {
    /// The receipt in a line or more.
    public static func render(_ receipt: Receipt) -> String {
        var lines = ["receipt: created \(receipt.created), verified absent \(receipt.verifiedAbsent)"]
        if !receipt.isVerified { lines[0] += ", not verified" }
        for item in receipt.remaining {
            lines.append("  still there: \(item.kind) \(item.id): \(Printable.line(item.reason))")
            if let command = item.command { lines.append("    \(Printable.line(command))") }
        }
        return lines.joined(separator: "\n")
    }
}
