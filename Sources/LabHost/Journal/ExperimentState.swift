public import PluginAPI

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What is known of an experiment: a fold over its events.
public struct ExperimentState: Sendable, Hashable {
    /// The cells that started, and what became of them; the numbers themselves are in the cells' directories.
    public struct CellState: Sendable, Hashable {
        /// When it started.
        public var startedAt: Date
        /// When it ended; nil when it did not.
        public var endedAt: Date?
        /// The verdict; nil when it did not end.
        public var verdict: Verdict?
        /// The file that says what its cluster is made of; nil when nobody asked.
        public var facts: String?
    }

    /// When the first event was written.
    public var startedAt: Date?
    /// When the latest event was written.
    public var lastEventAt: Date?
    /// The phases, in the order in which they were begun.
    public var phases: [PhaseRecord] = []
    /// The image.
    public var image: MachineImage?
    /// The hosts; none before they exist and after they were torn down.
    public var hosts: [Host] = []
    /// The hosts as they last were, also after they were torn down.
    public var lastHosts: [Host] = []
    /// The cluster, once it was ready.
    public var cluster: Cluster?
    /// The schedule's group that was worked on last; nil before the first.
    public var group: Int?
    /// The configuration that the cluster has, in its group; nil when nobody knows.
    public var configuration: Int?
    /// The file that says what the configured cluster is made of; nil when nobody asked yet.
    public var facts: String?
    /// The hosts of each group that was ever built.
    public var hostsByGroup: [Int: [Host]] = [:]
    /// The cells by name.
    public var cells: [String: CellState] = [:]
    /// Every resource that was created.
    public var resources: [ResourceRecord] = []
    /// The date of the oldest price that was taken for them; nil when there is none.
    public var pricesAsOf: Date?
    /// Where prices came from last, in a few words; nil before there was one.
    public var priceSource: String?
    /// The rates of what is about to be created, by kind and name, and of whole kinds.
    private var expectedRates: [String: Rate] = [:]
    /// What was announced and neither created nor torn down: a crash fell in between.
    public var openIntents: [ResourceIntent] = []
    /// The latest teardown's receipt.
    public var receipt: Receipt?
    /// How the latest command ended; nil while it runs, or when it was killed.
    public var exitCode: Int32?
    /// The numbers of journal lines that could not be read.
    public var damagedLines: [Int]

    /// Folds events.
    public init(_ events: [Event] = [], damage damagedLines: [Int] = []) {
        self.damagedLines = damagedLines
        for event in events { apply(event) }
    }

    /// The resources that exist as far as the ledger knows.
    public var alive: [Resource] { resources.filter { $0.deletedAt == nil }.map(\.resource) }

    /// Takes one more event into account.
    public mutating func apply(_ event: Event) {
        startedAt = startedAt ?? event.time
        lastEventAt = event.time
        switch event.what {
        case .opened: exitCode = nil
        case .phaseStarted(let phase): phases.append(PhaseRecord(name: phase, startedAt: event.time))
        case .phaseEnded(let phase, _, let error):
            guard let index = phases.lastIndex(where: { $0.name == phase }) else { return }
            phases[index].endedAt = event.time
            phases[index].error = error
        case .image(let image): self.image = image
        case .groupStarted(let group, _): self.group = group
        case .configuring:
            (configuration, facts) = (nil, nil)
            phases.append(PhaseRecord(name: "configure", startedAt: event.time))
        case .configured(let configuration):
            self.configuration = configuration
            if let index = phases.indices.last, phases[index].name == "configure" {
                phases[index].endedAt = event.time
            }
        case .hosts(let hosts):
            (self.hosts, lastHosts, facts) = (hosts, hosts, nil)
            hostsByGroup[group ?? 0] = hosts
        case .ready(let cluster): self.cluster = cluster
        case .intended(let resource): openIntents.append(resource)
        case .created(let resource): created(resource, at: event.time)
        case .deleted(let kind, let id): deleted(kind: kind, id: id, at: event.time)
        case .priced(let prices): priced(prices)
        case .described(let file): facts = file
        case .cellStarted(let cell, _, _): cells[cell] = CellState(startedAt: event.time, facts: facts)
        case .cellEnded(let cell, let verdict, _):
            cells[cell, default: CellState(startedAt: event.time)].endedAt = event.time
            cells[cell]?.verdict = verdict
        case .receipt(let receipt): tornDown(receipt)
        case .closed(let exitCode): self.exitCode = exitCode
        case .previewed, .note, .progress, .period, .reported: break
        }
    }

    private mutating func created(_ resource: Resource, at time: Date) {
        openIntents.removeAll { $0.kind == resource.kind && $0.name == resource.name }
        // A role is known by its name, which the next cluster's role has, too: what was deleted may come again.
        let isKnown = resources.contains { record in
            record.deletedAt == nil && record.resource.kind == resource.kind && record.resource.id == resource.id
        }
        guard !isKnown else { return }
        let rate = expectedRates["\(resource.kind) \(resource.name)"] ?? expectedRates["\(resource.kind) "]
        resources.append(ResourceRecord(resource: resource, createdAt: time, rate: rate))
    }

    private mutating func deleted(kind: String, id: String, at time: Date) {
        let known = resources.indices.filter { resources[$0].resource.kind == kind && resources[$0].resource.id == id }
        for index in known where resources[index].deletedAt == nil { resources[index].deletedAt = time }
        // Intended and made, by a host that was killed before it could write that down. What comes with something else, as
        // network interfaces do, was not intended.
        guard known.isEmpty, let intent = openIntents.first(where: { $0.kind == kind }) else { return }
        created(Resource(kind: kind, id: id, name: intent.name), at: time)
        deleted(kind: kind, id: id, at: time)
    }

    private mutating func priced(_ prices: Prices) {
        for entry in prices.entries where entry.id == nil {
            expectedRates["\(entry.kind) \(entry.name ?? "")"] = entry.rate
        }
        for entry in prices.entries where entry.id != nil {
            let index = resources.lastIndex { $0.resource.kind == entry.kind && $0.resource.id == entry.id }
            if let index { resources[index].rate = entry.rate }
        }
        pricesAsOf = [pricesAsOf, prices.asOf].compactMap(\.self).min()
        if !prices.source.isEmpty { priceSource = prices.source }
    }

    private mutating func tornDown(_ receipt: Receipt) {
        self.receipt = receipt
        guard receipt.isClean else { return }
        hosts = []
        cluster = nil
        (configuration, facts) = (nil, nil)
        openIntents = []
    }
}
