import PluginAPI

extension Engine {
    /// Finds out what resources cost whose price is not on record yet.
    ///
    /// - Parameter asking: Whether the outside world may be asked for newer prices.
    /// - Throws: ``LabError`` when the journal cannot be written; a price that is not known is no error.
    func priceResources(asking: Bool) async throws {
        guard let provisioner = plugins.provisioner as? any CostEstimating else { return }
        let new = await journal.snapshot.resources.filter { $0.rate == nil }.map(\.resource)
        guard !new.isEmpty else { return }
        let quote = await provisioner.quote(for: new, asking: asking)
        let entries = zip(new, quote.rates).map { Prices.Entry(kind: $0.kind, id: $0.id, rate: $1) }
        try await journal.record(.priced(prices: Prices(entries: entries, asOf: quote.asOf, source: quote.source)))
        for note in quote.notes {
            try await journal.record(
                .note(phase: Step.provision.rawValue, level: .info, text: "prices: \(note)")
            )
        }
    }

    /// What is still there, each with what it costs an hour, as far as anybody knows.
    func priced(_ remaining: [TeardownOutcome.Remaining]) async -> [TeardownOutcome.Remaining] {
        let records = await journal.snapshot.resources
        return remaining.map { item in
            guard item.perHour?.usd == nil,
                let rate = records.last(where: { $0.resource.kind == item.kind && $0.resource.id == item.id })?.rate
            else { return item }
            var item = item
            item.perHour = rate.perHour
            return item
        }
    }
}
