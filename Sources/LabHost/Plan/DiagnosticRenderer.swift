public import Document

/// Prints diagnostics like a compiler: the place, the message, the line and a caret.
///
/// Whatever a plan contains, the output is safe for a terminal: control and formatting characters are shown as escapes,
/// and a long line is cut around the column.
public struct DiagnosticRenderer: Sendable {
    /// The most columns of a source line to show.
    private static let window = 100

    private let lines: [String: [String]]

    /// Makes a renderer that can show lines of these files.
    public init(sources: [SourceFile]) {
        lines = Dictionary(sources.map { ($0.name, $0.lines) }, uniquingKeysWith: { first, _ in first })
    }

    /// The diagnostics, each with its line, ending in a line break.
    public func render(_ diagnostics: [Diagnostic]) -> String { diagnostics.map(render).joined() }

    /// One diagnostic, ending in a line break.
    public func render(_ diagnostic: Diagnostic) -> String {
        var place = diagnostic.file
        if let line = diagnostic.line { place += ":\(line)" }
        if let column = diagnostic.column { place += ":\(column)" }
        let path = diagnostic.path.isEmpty ? "" : "\(diagnostic.path): "
        return Printable.line("\(place): \(diagnostic.severity.rawValue): \(path)\(diagnostic.message)") + "\n"
            + snippet(diagnostic)
    }

    private func snippet(_ diagnostic: Diagnostic) -> String {
        guard let number = diagnostic.line, let column = diagnostic.column, let lines = lines[diagnostic.file],
            lines.indices.contains(number - 1)
        else { return "" }
        let (text, offset) = cut(lines[number - 1], around: column)
        let gutter = String(number)
        let margin = String(repeating: " ", count: max(5, gutter.count))
        return margin.dropLast(gutter.count) + gutter + " | " + text + "\n"
            + margin + " | " + String(repeating: " ", count: offset) + "^\n"
    }

    /// The printable part of a line that contains a column, and how far into it the column is.
    private func cut(_ line: String, around column: Int) -> (text: String, offset: Int) {
        // Escaping is done on the few characters that can be shown, not on a line of a megabyte.
        let scalars = line.unicodeScalars
        let reach = Self.window
        let target =
            scalars.index(scalars.startIndex, offsetBy: column - 1, limitedBy: scalars.endIndex) ?? scalars.endIndex
        let isLong = scalars.index(scalars.startIndex, offsetBy: reach, limitedBy: scalars.endIndex) != nil
        let lead = isLong ? reach / 2 : reach
        let start = scalars.index(target, offsetBy: -lead, limitedBy: scalars.startIndex) ?? scalars.startIndex
        let end = scalars.index(start, offsetBy: reach, limitedBy: scalars.endIndex) ?? scalars.endIndex
        let before = (start > scalars.startIndex ? "…" : "") + Printable.line(String(scalars[start..<target]))
        let after = Printable.line(String(scalars[target..<end])) + (end < scalars.endIndex ? "…" : "")
        return (before + after, Self.width(before))
    }

    /// How many columns a terminal gives a text.
    private static func width(_ text: String) -> Int {
        text.unicodeScalars.reduce(0) { width, scalar in
            switch scalar.properties.generalCategory {
            case .nonspacingMark, .enclosingMark: return width
            default: break
            }
            switch scalar.value {
            // Scripts and symbols of double width, coarsely.
            case 0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
                0xFFE0...0xFFE6, 0x1F300...0x1FAFF, 0x20000...0x3FFFD:
                return width + 2
            default: return width + 1
            }
        }
    }
}
