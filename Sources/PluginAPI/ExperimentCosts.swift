#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What an experiment cost, put together from its ledger and prices, or from the bill.
public struct ExperimentCosts: Sendable, Hashable, Codable {
    /// Where amounts come from.
    public enum Basis: String, Sendable, Hashable, Codable {
        /// Measured seconds × list prices.
        case estimate
        /// The bill, as Cost Explorer has it.
        case actual
    }

    /// Where the amounts come from.
    public var basis: Basis
    /// All of it.
    public var total: Cost
    /// What it consists of, by component and kind of cost.
    public var items: [CostItem]
    /// What each cell cost, by its name; cells that did not run are not in it.
    public var cells: [String: CellCosts]
    /// What was paid while no cell ran: building, waiting, tearing down.
    public var overhead: Cost
    /// When the prices were asked for; nil when there are none.
    public var pricesAsOf: Date?
    /// Where the prices come from, in a few words; nil when there are none.
    public var priceSource: String?
    /// The bill, once it was asked for; nil before.
    public var bill: Bill?

    /// Makes a summary.
    public init(
        basis: Basis,
        total: Cost,
        items: [CostItem] = [],
        cells: [String: CellCosts] = [:],
        overhead: Cost,
        pricesAsOf: Date? = nil,
        priceSource: String? = nil,
        bill: Bill? = nil
    ) {
        self.basis = basis
        self.total = total
        self.items = items
        self.cells = cells
        self.overhead = overhead
        self.pricesAsOf = pricesAsOf
        self.priceSource = priceSource
        self.bill = bill
    }

    /// What the bill says beyond ``total``, negative when less; nil without a bill.
    public var difference: Cost? { bill.map { $0.total + total * -1 } }
}

/// Resources of one component that are paid for in the same way.
public struct CostItem: Sendable, Hashable, Codable {
    /// The component (`broker`); nil for what belongs to none.
    public var component: String?
    /// The kind of cost: `instance`, `volume`, `address`, `transfer`.
    public var kind: String
    /// What is paid for, in a few words: `m6i.large, on demand`, `gp3 50 GB`.
    public var what: String
    /// How many.
    public var count: Int
    /// How long, in seconds, all of them together.
    public var seconds: Double
    /// What it cost.
    public var cost: Cost

    /// Makes an item.
    public init(component: String?, kind: String, what: String, count: Int, seconds: Double, cost: Cost) {
        self.component = component
        self.kind = kind
        self.what = what
        self.count = count
        self.seconds = seconds
        self.cost = cost
    }
}

/// What one cell cost, and what one got for it.
public struct CellCosts: Sendable, Hashable, Codable {
    /// The cluster for the time that the cell took.
    public var cost: Cost
    /// Its share of ``ExperimentCosts/overhead``, by the time that it took; not part of ``cost``.
    public var overheadShare: Cost
    /// For each million messages published, at the rate that was measured.
    public var perMillionMessages: Cost
    /// For each GB (10⁹ bytes) published, at the rate that was measured.
    public var perGB: Cost
    /// For each MB/s (10⁶ bytes a second) that was sustained, an hour.
    public var perMBpsHour: Cost

    /// Makes a cell's costs.
    public init(
        cost: Cost,
        overheadShare: Cost = .unknown("not reckoned"),
        perMillionMessages: Cost,
        perGB: Cost,
        perMBpsHour: Cost
    ) {
        self.cost = cost
        self.overheadShare = overheadShare
        self.perMillionMessages = perMillionMessages
        self.perGB = perGB
        self.perMBpsHour = perMBpsHour
    }
}
