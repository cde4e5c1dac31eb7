import PluginAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Puts together what an experiment cost, from how long each of its resources existed and what it costs while it does.
struct Reckoning {
    private let record: ExperimentRecord
    private let now: Date

    /// Prepares to reckon.
    ///
    /// - Parameters:
    ///   - record: The experiment.
    ///   - now: Until when what still exists is counted.
    init(_ record: ExperimentRecord, at now: Date) {
        self.record = record
        self.now = now
    }

    /// The costs; nil when nothing that was created costs anything, or nobody has looked.
    func costs(pricesAsOf: Date?, source: String?) -> ExperimentCosts? {
        guard let spending = Spending(record.resources, at: now) else { return nil }
        let times = record.cells.compactMap { record in record.time.map { (record, $0) } }
        let own = times.map { cost(from: $1.start, to: $1.end) }
        let overhead = spending.spent + own.sum * -1
        let measured = times.reduce(0) { $0 + $1.1.duration }
        var cells: [String: CellCosts] = [:]
        for ((cell, time), cost) in zip(times, own) {
            cells[cell.cell.name] = CellCosts(
                cell,
                cost: cost,
                overheadShare: measured > 0 ? overhead * (time.duration / measured) : overhead,
                seconds: time.duration
            )
        }
        return ExperimentCosts(
            basis: .estimate,
            total: spending.spent,
            items: items,
            cells: cells,
            overhead: overhead,
            pricesAsOf: pricesAsOf,
            priceSource: source
        )
    }

    /// What all resources together cost between two moments. The minimum that is billed is nobody's cell's.
    private func cost(from start: Date, to end: Date) -> Cost {
        record.resources.map { resource in
            let from = max(start, resource.createdAt)
            let until = min(end, resource.deletedAt ?? now)
            let seconds = until.timeIntervalSince(from)
            return seconds > 0 ? resource.perHour * (seconds / 3600) : .zero
        }.sum
    }

    private var items: [CostItem] {
        struct Key: Hashable { var component: String?, kind: String, what: String }
        let components = Dictionary(record.hosts.map { ($0.instanceID, $0.component) }) { first, _ in first }
        var items: [Key: CostItem] = [:]
        for resource in record.resources {
            let (facts, seconds) = (resource.resource, resource.seconds(until: now))
            let component = facts.attributes["component"] ?? components[facts.id]
            let parts =
                resource.rate?.parts
                ?? [Rate.Part(kind: facts.kind, what: facts.kind, perHour: resource.perHour)]
            for part in parts {
                let key = Key(component: component, kind: part.kind, what: part.what)
                var item =
                    items[key]
                    ?? CostItem(
                        component: component,
                        kind: part.kind,
                        what: part.what,
                        count: 0,
                        seconds: 0,
                        cost: .zero
                    )
                item.count += 1
                item.seconds += seconds
                item.cost = item.cost + part.cost(ofSeconds: seconds)
                items[key] = item
            }
        }
        return items.values.sorted {
            ($0.component ?? "~", $0.kind, $0.what) < ($1.component ?? "~", $1.kind, $1.what)
        }
    }
}

extension CellRecord {
    /// When it was measured; nil when it did not end.
    fileprivate var time: (start: Date, end: Date, duration: Double)? {
        guard let startedAt, let endedAt, endedAt > startedAt else { return nil }
        return (startedAt, endedAt, endedAt.timeIntervalSince(startedAt))
    }
}

extension CellCosts {
    /// The unit costs are those of a cluster that goes on at the rate that was measured: what a cell takes to begin and to
    /// end, and its warm-up, depend on the test and not on the cluster.
    fileprivate init(_ record: CellRecord, cost: Cost, overheadShare: Cost, seconds: Double) {
        let perHour = cost * (3600 / seconds)
        func per(_ hourly: Double?) -> Cost {
            guard let hourly else { return .unknown("nothing was measured") }
            return hourly > 0 ? perHour * (1 / hourly) : .unknown("nothing was published")
        }
        let result = record.outcome?.result
        let bytes = Double(result?.messageSizeBytes ?? record.cell.workload.messageSizeBytes)
        let rate = result?.publishRate
        self.init(
            cost: cost,
            overheadShare: overheadShare,
            perMillionMessages: per(rate.map { $0 * 3600 / 1e6 }),
            perGB: per(rate.map { $0 * bytes * 3600 / 1e9 }),
            perMBpsHour: per(rate.map { $0 * bytes / 1e6 })
        )
    }
}
