import PluginAPI

/// What casts doubt on numbers, and why cells have none.
struct ValiditySection {
    let model: ReportModel

    /// The most rows; a table of more is in the files for programs.
    static let most = 200

    var section: PageSection? {
        let doubtful = model.record.cells.filter { !($0.outcome?.reasons.isEmpty ?? true) }
        guard model.record.cells.contains(where: { $0.outcome != nil }) else { return nil }
        guard !doubtful.isEmpty else {
            return PageSection(
                id: "validity",
                title: "Validity",
                content: "<p>Nothing casts doubt on the cells that were measured.</p>"
            )
        }
        let rows = doubtful.prefix(Self.most).html { cell in
            let reasons = (cell.outcome?.causes ?? []).prefix(20).html { cause in
                let code: HTML = cause.code == .other ? HTML() : " <code>\(cause.code.rawValue)</code>"
                return "<li>\(cause.text)\(code)</li>"
            }
            return """
                <tr><th scope="row">\(cell.cell.name)</th><td>\(Badge.html(cell.outcome?.verdict))</td>\
                <td><ul>\(reasons)</ul></td></tr>
                """
        }
        let rest = doubtful.count - Self.most
        let more: HTML = rest > 0 ? "<p class=\"note\">\(rest) more are in results.csv.</p>" : HTML()
        return PageSection(
            id: "validity",
            title: "Validity",
            lead:
                "A suspect cell has numbers and something that casts doubt on them; an invalid one has none that mean anything.",
            content: """
                <div class="scroll" tabindex="0"><table class="reasons"><thead><tr><th scope="col">cell</th>\
                <th scope="col">verdict</th><th scope="col">reasons</th></tr></thead><tbody>\(rows)</tbody></table></div>\(more)
                """
        )
    }
}
