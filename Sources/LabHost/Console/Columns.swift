/// Rows of text in columns, for a terminal or a pipe.
package enum Columns {
    /// Renders rows under their titles.
    ///
    /// - Parameters:
    ///   - titles: The titles. One that begins with a space is of numbers, which stand at the right.
    ///   - rows: The rows, each with as many texts as there are titles.
    /// - Returns: The text; each row ends in a newline.
    package static func render(_ titles: [String], _ rows: some Collection<[String]>) -> String {
        let head = titles.map { $0.hasPrefix(" ") ? String($0.dropFirst()) : $0 }
        var widths = head.map(\.count)
        for row in rows {
            for (column, text) in row.enumerated() { widths[column] = max(widths[column], text.count) }
        }
        func line(_ row: [String]) -> String {
            var line = ""
            for (column, text) in row.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - text.count)
                line += (column == 0 ? "" : "  ") + (titles[column].hasPrefix(" ") ? gap + text : text + gap)
            }
            return line.trimmedEnd + "\n"
        }
        // Of thousands, rows that are made one by one need no memory.
        return rows.reduce(into: line(head)) { $0 += line($1) }
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
