import PluginAPI

extension Engine {
    /// Finds out what is about to be created costs, so that it is known from the first second.
    ///
    /// - Throws: ``LabError`` when the journal cannot be written.
    func foretellPrices(_ request: ProvisionRequest, _ preview: ResourcePreview) async throws {
        guard let provisioner = plugins.provisioner as? any CostEstimating,
            let billables = try provisioner.billables(request)
        else { return }
        let kinds = Set(preview.counts.keys).subtracting(billables.map(\.kind)).sorted()
        let quote = await provisioner.quote(
            for: billables + kinds.map { Resource(kind: $0, id: "", name: "") },
            asking: true
        )
        let named = zip(billables, quote.rates).map { Prices.Entry(kind: $0.kind, name: $0.name, rate: $1) }
        let whole = zip(kinds, quote.rates.dropFirst(billables.count)).map { Prices.Entry(kind: $0, rate: $1) }
        try await record(quote, named + whole)
    }

    private func record(_ quote: Quote, _ entries: [Prices.Entry]) async throws {
        guard !entries.isEmpty else { return }
        try await journal.record(.priced(prices: Prices(entries: entries, asOf: quote.asOf, source: quote.source)))
        for note in quote.notes {
            try await journal.record(.note(phase: Step.provision.rawValue, level: .info, text: "prices: \(note)"))
        }
    }

    /// Finds out what the resources that exist cost, now that all is known of them.
    ///
    /// - Parameters:
    ///   - asking: Whether the outside world may be asked for newer prices.
    ///   - anew: Whether those are looked at again whose price was told before they existed.
    /// - Throws: ``LabError`` when the journal cannot be written; a price that is not known is no error.
    func priceResources(asking: Bool, anew: Bool = false) async throws {
        guard let provisioner = plugins.provisioner as? any CostEstimating else { return }
        let new = await journal.snapshot.resources.filter { record in
            record.rate == nil || anew && record.deletedAt == nil
        }.map(\.resource)
        guard !new.isEmpty else { return }
        let quote = await provisioner.quote(for: new, asking: asking)
        let entries = zip(new, quote.rates).map { Prices.Entry(kind: $0.kind, id: $0.id, rate: $1) }
        try await record(quote, entries)
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
