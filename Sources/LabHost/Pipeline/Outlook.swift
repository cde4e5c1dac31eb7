public import PluginAPI
public import SystemPackage

/// Finds out what an experiment would create, without beginning it.
public struct Outlook: Sendable {
    let experiment: Experiment
    private let catalog: Catalog
    private let system: any SystemUnderTest
    private let seams: Seams
    private let scratch: FilePath

    /// Prepares to look.
    ///
    /// - Parameters:
    ///   - experiment: What would be begun.
    ///   - catalog: The plugins there are.
    ///   - system: What would be measured.
    ///   - seams: The doors to the outside, which are only used by ``online(_:)``.
    ///   - scratch: A directory for the plugins, which the caller removes afterwards.
    public init(
        experiment: Experiment,
        catalog: Catalog,
        system: any SystemUnderTest,
        seams: Seams,
        scratch: FilePath
    ) {
        self.experiment = experiment
        self.catalog = catalog
        self.system = system
        self.seams = seams
        self.scratch = scratch
    }

    /// What each group would create, as far as that is known without asking anybody.
    ///
    /// - Parameter schedule: The groups.
    /// - Returns: One preview for each group; nil where only the outside world knows.
    /// - Throws: ``LabError`` when a cluster cannot be built after all.
    public func offline(_ schedule: Schedule) throws -> [ResourcePreview?] {
        let provisioner = try maker(0).make(experiment.provisioner, .provision, as: (any Provisioner).self)
        // Which image it is changes nothing of what is counted.
        let image = MachineImage(id: "ami-00000000000000000", name: "unknown")
        return try schedule.groups.map { try provisioner.outline(request(for: $0, image)) }
    }

    /// What all of it is likely to cost.
    ///
    /// - Parameters:
    ///   - schedule: The groups.
    ///   - maxDuration: After this time everything is gone.
    ///   - times: What is known of how long things take.
    ///   - asking: Whether the outside world may be asked for prices.
    /// - Returns: The forecast; what nobody knows is unknown in it.
    /// - Throws: ``LabError`` when a cluster cannot be built after all.
    public func forecast(
        _ schedule: Schedule,
        maxDuration: Duration,
        times: MeasuredTimes = MeasuredTimes(),
        asking: Bool
    ) async throws -> CostForecast {
        let provisioner = try maker(0).make(experiment.provisioner, .provision, as: (any Provisioner).self)
        guard let provisioner = provisioner as? any CostEstimating else {
            // Hosts that exist already cost nothing more; what a stranger creates, nobody here knows the price of.
            let descriptor = try catalog.entry(experiment.provisioner.id, for: .provision).descriptor
            let resources: [Resource]? = descriptor.provides.contains(.resourceLedger) ? nil : []
            let prices = schedule.groups.map { _ in CostForecast.Priced(resources: resources, rates: []) }
            return CostForecast(schedule, prices, maxDuration: maxDuration, times: times)
        }
        let image = MachineImage(id: "ami-00000000000000000", name: "unknown")
        let billables = try schedule.groups.map { try provisioner.billables(request(for: $0, image)) }
        let quote = await provisioner.quote(for: billables.flatMap { $0 ?? [] }, asking: asking)
        var rates = quote.rates[...]
        let prices = billables.map { resources in
            let count = resources?.count ?? 0
            defer { rates = rates.dropFirst(count) }
            return CostForecast.Priced(resources: resources, rates: Array(rates.prefix(count)))
        }
        var forecast = CostForecast(schedule, prices, maxDuration: maxDuration, times: times)
        (forecast.pricesAsOf, forecast.priceSource, forecast.notes) = (quote.asOf, quote.source, quote.notes)
        return forecast
    }

    /// What each group would create, as the provisioner finds out; credentials, image and tools are checked on the way.
    ///
    /// - Parameter schedule: The groups.
    /// - Returns: One preview for each group.
    /// - Throws: ``LabError`` when something is missing.
    public func online(_ schedule: Schedule) async throws -> [ResourcePreview?] {
        let builder = try maker(0).make(experiment.image, .image, as: (any ImageBuilder).self)
        var previews: [ResourcePreview?] = []
        // One that would be built first is nothing that a provisioner could look at.
        guard let image = try await existingImage(builder) else { return try offline(schedule) }
        for (index, group) in schedule.groups.enumerated() {
            let provisioner = try maker(index).make(experiment.provisioner, .provision, as: (any Provisioner).self)
            if index == 0 { try await provisioner.preflight() }
            previews.append(try await provisioner.preview(request(for: group, image)))
        }
        return previews
    }

    /// The image that there is; nil when a run would make it.
    func existingImage(_ builder: any ImageBuilder) async throws -> MachineImage? {
        let wanted = experiment.imageRequest
        if let image = try await builder.existing(for: wanted) { return image }
        if wanted.buildIfMissing || !wanted.copyFrom.isEmpty { return nil }
        // It says what is missing, and what there is instead.
        return try await builder.image(for: wanted)
    }

    func maker(_ group: Int) -> PluginMaker {
        PluginMaker(
            experiment: experiment,
            directory: scratch.appending("group-\(group + 1)"),
            catalog: catalog,
            seams: seams
        ) { _ in NoEvents() }
    }

    func request(for group: Schedule.Group, _ image: MachineImage) throws -> ProvisionRequest {
        let spec = group.configurations[group.firstConfiguration]
        return ProvisionRequest(
            spec,
            hosts: try system.hosts(for: spec, lifetime: experiment.lifetime),
            image: image,
            expiry: experiment.expiry
        )
    }
}
