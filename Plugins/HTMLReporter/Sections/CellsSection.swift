import PluginAPI

/// Every cell in a table that can be sorted and filtered.
struct CellsSection {
    let model: ReportModel

    /// The rows that are shown at once; a script shows the others on request.
    static let page = 50
    /// The rows that are printed: some forty pages.
    static let mostOnPaper = 2000

    var section: PageSection? {
        guard !model.record.cells.isEmpty else { return nil }
        return PageSection(
            id: "cells",
            title: "Cells",
            lead: """
                Rates are messages a second, sizes bytes, latencies milliseconds from the send call to the acknowledgement. \
                A dash is unknown.
                """,
            content: "\(controls)\(table)"
        )
    }

    private var controls: HTML {
        """
        <form class="controls" data-for="cell-table" hidden>
        <label>Filter <input type="search" name="filter" placeholder="name, factor, reason" autocomplete="off"></label>
        <label>Verdict <select name="verdict"><option value="">all</option><option>valid</option><option>suspect</option>\
        <option>invalid</option><option>no outcome</option></select></label>
        <output aria-live="polite"></output></form>
        """
    }

    private var table: HTML {
        let columns = columns
        let heads = columns.html { column in
            let kind: HTML = column.isText ? HTML() : " class=\"n\""
            return """
                <th scope="col"\(kind) data-key="\(column.key)"><button type="button">\(column.title)</button></th>
                """
        }
        let cells = model.record.cells
        let rows = cells.enumerated().html { index, cell in row(cell, columns, isHidden: index >= Self.page) }
        let more: HTML =
            cells.count > Self.page
            ? """
            <p class="more screen">The first \(Self.page) of \(Numbers.whole(cells.count)) cells. <button type="button" \
            data-more="cell-table" hidden>Show \(Self.page) more</button> All of them are in results.csv and results.json.</p>
            """ : HTML()
        let rest: HTML =
            cells.count > Self.mostOnPaper
            ? """
            <p class="more paper">Printed are \(Numbers.whole(Self.mostOnPaper)) of \(Numbers.whole(cells.count)) cells. All of \
            them are in results.csv and results.json.</p>
            """ : HTML()
        return """
            <div class="scroll" tabindex="0"><table id="cell-table" class="cells" data-page="\(Self.page)">\
            <caption class="hidden">Every cell with its verdict and its numbers</caption>\
            <thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table></div>\(more)\(rest)
            """
    }

    private func row(_ cell: CellRecord, _ columns: [Column], isHidden: Bool) -> HTML {
        let verdict = cell.outcome?.verdict
        let reasons = cell.outcome?.reasons.joined(separator: "; ") ?? ""
        let hint: HTML = reasons.isEmpty ? HTML() : " title=\"\(String(reasons.prefix(400)))\""
        let hidden: HTML = isHidden ? " hidden" : HTML()
        let name = cell.cell.name
        var html: HTML = """
            <tr data-verdict="\(verdict?.rawValue ?? "no outcome")"\(hidden)><th scope="row">\(name)</th>\
            <td\(hint)>\(Badge.html(verdict))</td>
            """
        // An invalid cell's numbers mean nothing: they are not shown beside others'.
        let result = verdict == .invalid ? nil : cell.outcome?.result
        for column in columns.dropFirst(2) {
            switch column.content {
            case .text(let text): html += "<td>\(text(cell))</td>"
            case .number(let number, let format):
                let value = number(cell, result)
                html += "<td class=\"n\">\(value.map(format) ?? Numbers.unknown)</td>"
            }
        }
        return "\(html)</tr>\n"
    }

    /// A column after the name and the verdict.
    private struct Column {
        enum Content {
            case text((CellRecord) -> String)
            case number((CellRecord, BenchmarkResult?) -> Double?, (Double) -> String)
        }

        var key: HTML
        var title: String
        var content: Content

        var isText: Bool { if case .text = content { true } else { false } }
    }

    private var columns: [Column] {
        let own: [Column] = [
            Column(key: "name", title: "cell", content: .text(\.cell.name)),
            Column(key: "verdict", title: "verdict", content: .text { _ in "" }),
        ]
        return own + workload + factors + numbers + money
    }

    private var workload: [Column] {
        let sizes = Set(model.record.cells.map(\.cell.workload.messageSizeBytes))
        let size = Column(
            key: "size",
            title: "size",
            content: .number({ cell, _ in Double(cell.cell.workload.messageSizeBytes) }, Numbers.whole)
        )
        let target = Column(
            key: "target",
            title: "target",
            content: .number(
                { cell, _ in (cell.cell.workload.producerRate ?? cell.outcome?.finding?.lastGoodRate).map(Double.init)
                },
                Numbers.whole
            )
        )
        return sizes.count > 1 ? [size, target] : [target]
    }

    private var factors: [Column] {
        let varied = model.factors.filter { path in Set(model.record.cells.map { $0.cell.factors[path] }).count > 1 }
        return varied.filter { $0 != "workload.message_size" }.map { path in
            let short = path.split(separator: ".").suffix(2).joined(separator: " ").replacing("_", with: " ")
            return Column(key: "factor", title: short, content: .text { $0.cell.factors[path] ?? "" })
        }
    }

    private var numbers: [Column] {
        var columns = [
            measured("publish", "published", Numbers.whole) { $0.publishRate },
            Column(
                key: "mb",
                title: "MB/s",
                content: .number(
                    { cell, result in
                        result.map {
                            $0.publishRate * Double($0.messageSizeBytes ?? cell.cell.workload.messageSizeBytes) / 1e6
                        }
                    },
                    { Numbers.latency($0) }
                )
            ),
            measured("consume", "consumed", Numbers.whole) { $0.consumeRate },
            measured("p50", "p50") { $0.publishLatency.p50Ms }, measured("p99", "p99") { $0.publishLatency.p99Ms },
            measured("p999", "p99.9") { $0.publishLatency.p999Ms }, measured("max", "max") { $0.publishLatency.maxMs },
        ]
        if model.measured.contains(where: { $0.result.endToEndLatency != nil }) {
            columns.append(measured("e2e", "e2e p99") { $0.endToEndLatency?.p99Ms })
        }
        return columns
    }

    private func measured(
        _ key: HTML,
        _ title: String,
        _ format: @escaping (Double) -> String = { Numbers.latency($0) },
        _ value: @escaping (BenchmarkResult) -> Double?
    ) -> Column { Column(key: key, title: title, content: .number({ _, result in result.flatMap(value) }, format)) }

    private var money: [Column] {
        guard let costs = model.record.costs else { return [] }
        return [
            Column(
                key: "cost",
                title: "$ / million",
                content: .number({ cell, _ in costs.cells[cell.cell.name]?.perMillionMessages.usd }, Numbers.dollars)
            )
        ]
    }
}
