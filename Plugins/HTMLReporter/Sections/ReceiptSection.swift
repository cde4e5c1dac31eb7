import PluginAPI

/// What was created, and that it is gone: or what is left.
struct ReceiptSection {
    let model: ReportModel

    /// The most resources that are listed.
    static let most = 200

    var section: PageSection? {
        let resources = model.record.resources
        guard !resources.isEmpty || model.record.receipt != nil else { return nil }
        return PageSection(
            id: "receipt",
            title: "Receipt",
            content: "\(summary)\(remaining)\(kinds)"
        )
    }

    private var summary: HTML {
        let alive = model.record.resources.count { $0.deletedAt == nil }
        guard let receipt = model.record.receipt else {
            return """
                <p class="warning"><strong>Not torn down</strong> when this was written: \(alive) of \
                \(model.record.resources.count) resources exist.</p>
                """
        }
        let numbers: HTML = "created \(receipt.created), verified absent \(receipt.verifiedAbsent)"
        guard receipt.isClean else {
            return """
                <p class="warning"><strong>Something may be left behind:</strong> \(numbers), \
                \(receipt.remaining.count) left.</p>
                """
        }
        return "<p><strong>Nothing is left behind:</strong> \(numbers).</p>"
    }

    private var remaining: HTML {
        guard let receipt = model.record.receipt, !receipt.remaining.isEmpty else { return HTML() }
        let rows = receipt.remaining.prefix(Self.most).map {
            [$0.kind, $0.id, $0.reason, $0.command ?? Numbers.unknown]
        }
        return DataTable(heads: ["left", "id", "why", "what deletes it"], rows: Array(rows), textColumns: 3).html
    }

    private var kinds: HTML {
        let kinds = Dictionary(grouping: model.record.resources, by: \.resource.kind).sorted { $0.key < $1.key }
        guard !kinds.isEmpty else { return HTML() }
        let rows = kinds.map { kind, resources in
            let gone = resources.count { $0.deletedAt != nil }
            return [
                kind, Numbers.whole(resources.count), Numbers.whole(gone), Numbers.whole(resources.count - gone),
            ]
        }
        return DataTable(heads: ["kind", "created", "deleted", "left"], rows: rows).html
    }
}
