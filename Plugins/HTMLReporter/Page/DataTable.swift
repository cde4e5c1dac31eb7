/// A small table of numbers: what stands behind a chart.
struct DataTable {
    /// The heads; those after the first are numbers.
    var heads: [String]
    /// The rows, as long as the heads.
    var rows: [[String]]
    /// How many of the last columns are text.
    var textColumns = 0

    var html: HTML {
        let head = heads.enumerated().html { index, head in
            isText(index) ? "<th scope=\"col\">\(head)</th>" : "<th scope=\"col\" class=\"n\">\(head)</th>"
        }
        let body = rows.html { row in
            let cells = row.enumerated().html { index, text -> HTML in
                index == 0
                    ? "<th scope=\"row\">\(text)</th>"
                    : isText(index) ? "<td>\(text)</td>" : "<td class=\"n\">\(text)</td>"
            }
            return "<tr>\(cells)</tr>"
        }
        return """
            <div class="scroll" tabindex="0"><table class="data"><thead><tr>\(head)</tr></thead>\
            <tbody>\(body)</tbody></table></div>
            """
    }

    /// The table, folded away until somebody wants it.
    func folded(_ summary: HTML = "The numbers") -> HTML {
        "<details><summary>\(summary)</summary>\(html)</details>"
    }

    private func isText(_ column: Int) -> Bool { column == 0 || column >= heads.count - textColumns }
}
