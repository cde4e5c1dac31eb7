/// Rows of text in columns, for a terminal or a pipe.
package enum Columns {
    /// Renders rows under their titles.
    ///
    /// - Parameters:
    ///   - titles: The titles. One that begins with a space is of numbers, which stand at the right.
    ///   - rows: The rows, each with as many texts as there are titles.
    /// - Returns: The text; each row ends in a newline.
    package static func render(_ titles: [String], _ rows: [[String]]) -> String {
        let all = [titles.map { $0.hasPrefix(" ") ? String($0.dropFirst()) : $0 }] + rows
        let widths = titles.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, text) in row.enumerated() {
                let gap = String(repeating: " ", count: widths[column] - text.count)
                line += (column == 0 ? "" : "  ") + (titles[column].hasPrefix(" ") ? gap + text : text + gap)
            }
            return line.trimmedEnd + "\n"
        }.joined()
    }
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
